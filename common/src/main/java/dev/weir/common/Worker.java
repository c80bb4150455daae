package dev.weir.common;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a step in a daemon thread of its own: after each run with the pause that the step asks for, after a failure
 * with the pause of a {@link Backoff}. A failure never ends the thread; an interruption does.
 */
public final class Worker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);
    /** The pause between two runs of a worker that is woken all the time. */
    private static final Duration LEAST_PAUSE = Duration.ofMillis(20);

    private final Step step;
    private final Backoff backoff;
    private final Failures failures;
    private final Sleeper sleeper;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Semaphore woken = new Semaphore(0);
    private Runnable ending = () -> {};
    private boolean isInterrupted = true;
    private Duration delay = Duration.ZERO;

    /** The work that is repeated. */
    @FunctionalInterface
    public interface Step {
        /**
         * Runs once.
         *
         * @return the pause until the next run, which may be zero; null if there is no further run
         */
        @Nullable Duration run() throws Exception;
    }

    /** Counts and logs failures. */
    @FunctionalInterface
    public interface Failures {
        /**
         * Called after a step has thrown an exception.
         *
         * @param pause time until the next run
         */
        void failed(Exception failure, Duration pause);
    }

    /** Waits between runs. */
    @FunctionalInterface
    interface Sleeper {
        /** Returns after the pause, or earlier if the worker is closed or woken. */
        void sleep(Duration pause) throws InterruptedException;
    }

    /**
     * Creates a worker; it runs from {@link #start} on.
     *
     * @param name name of the thread
     */
    public Worker(String name, Step step, Backoff backoff, Failures failures) {
        this(name, step, backoff, failures, null);
    }

    Worker(String name, Step step, Backoff backoff, Failures failures, @Nullable Sleeper sleeper) {
        this.step = step;
        this.backoff = backoff;
        this.failures = failures;
        this.sleeper = sleeper == null ? this::await : sleeper;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** Waits before the first run. To be called before {@link #start}. */
    public Worker startingAfter(Duration pause) {
        delay = pause;
        return this;
    }

    /**
     * Lets a run finish when the worker is closed, for steps that an interruption would harm: that of a thread which
     * reads or writes the file of an embedded database closes the file. To be called before {@link #start}.
     */
    public Worker uninterrupted() {
        isInterrupted = false;
        return this;
    }

    /** Runs {@code last} in the worker's thread when it ends, in any case. To be called before {@link #start}. */
    public Worker endingWith(Runnable last) {
        ending = last;
        return this;
    }

    /** Starts the thread. */
    public void start() {
        thread.start();
    }

    /**
     * Ends the present pause, or shortens the next one, to {@link #LEAST_PAUSE}. It is for work that can come at any
     * time, so that the step asks for long pauses and is still prompt.
     */
    public void wake() {
        woken.release();
    }

    /** Returns true from the start until the thread ends. */
    public boolean isRunning() {
        return thread.isAlive();
    }

    /** Returns true once the worker is being closed; a long step looks at it and ends early. */
    public boolean isClosing() {
        return closing.getCount() == 0;
    }

    /** Waits until the worker ends by itself, after a run that asks for no further one, for at most {@code atMost}. */
    public void awaitEnd(Duration atMost) {
        try {
            thread.join(Math.max(1, atMost.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes the worker and waits for its thread for at most five seconds. */
    @Override
    public void close() {
        close(CLOSE_WAIT);
    }

    /** Ends a pause at once, begins no further run, and waits for the thread for at most {@code atMost}. */
    public void close(Duration atMost) {
        closing.countDown();
        wake();
        if (isInterrupted) {
            thread.interrupt();
        }
        awaitEnd(atMost);
    }

    private void run() {
        try {
            sleep(delay);
            int failed = 0;
            Duration pause = Duration.ZERO;
            while (pause != null && !isClosing()) {
                try {
                    pause = step.run();
                    failed = 0;
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    failed++;
                    pause = backoff.after(failed);
                    if (!isClosing()) {
                        failures.failed(e, pause);
                    }
                }
                if (pause != null) {
                    sleep(pause);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("{} is interrupted and ends", thread.getName());
        } finally {
            ending.run();
        }
    }

    private void sleep(Duration pause) throws InterruptedException {
        if (!pause.isZero() && !isClosing()) {
            sleeper.sleep(pause);
        }
    }

    private void await(Duration pause) throws InterruptedException {
        long least = Math.min(pause.toNanos(), LEAST_PAUSE.toNanos());
        boolean isClosed = closing.await(least, TimeUnit.NANOSECONDS);
        if (!isClosed && woken.tryAcquire(pause.toNanos() - least, TimeUnit.NANOSECONDS)) {
            woken.drainPermits();
        }
    }
}
