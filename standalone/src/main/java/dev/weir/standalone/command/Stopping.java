package dev.weir.standalone.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Waits for SIGINT or SIGTERM, and lets the command stop in order before the JVM ends. */
public final class Stopping {
    private static final long STOP_SECONDS = 60;

    private static final AtomicReference<@Nullable Stopping> CURRENT = new AtomicReference<>();

    /** True from the first SIGINT or SIGTERM; set as well for commands that do not stop in order. */
    private static volatile boolean isShutDown;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);

    public Stopping() {
        CURRENT.set(this);
        Runtime.getRuntime().addShutdownHook(new Thread(this::onShutdown, "weir-stop"));
    }

    /** Returns true if a stop was requested within the time. */
    public boolean asked(long waitMs) throws InterruptedException {
        return asked.await(waitMs, TimeUnit.MILLISECONDS);
    }

    /** Waits until a stop is requested. */
    public void awaitAsked() throws InterruptedException {
        asked.await();
    }

    /** Marks the command as closed; the JVM may end. */
    public void stopped() {
        stopped.countDown();
    }

    /**
     * Waits until the command that stops in order has done so; returns at once when there is none. For shutdown hooks.
     */
    static void awaitStopped() {
        isShutDown = true;
        Stopping current = CURRENT.get();
        if (current != null) {
            current.await();
        }
    }

    /** Returns true while the process ends, so that failures of that time can be ignored. */
    static boolean isAsked() {
        Stopping current = CURRENT.get();
        return isShutDown || current != null && current.asked.getCount() == 0;
    }

    private void onShutdown() {
        asked.countDown();
        if (!await()) {
            System.err.println("weir: not stopped within " + STOP_SECONDS + " s");
        }
    }

    private boolean await() {
        try {
            return stopped.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
