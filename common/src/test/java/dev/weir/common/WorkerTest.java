package dev.weir.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkerTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Backoff BACKOFF = new Backoff(SECOND, Duration.ofSeconds(5));

    private final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();

    @Test
    void stepRepeatsWithItsPausesUntilItEnds() throws Exception {
        Queue<Duration> asked = new ArrayDeque<>(List.of(SECOND, Duration.ZERO, SECOND.multipliedBy(2)));
        run(new Worker("test", asked::poll, BACKOFF, this::failed, pauses::add));
        assertThat(pauses).containsExactly(SECOND, SECOND.multipliedBy(2));
    }

    @Test
    void failuresPauseLongerUntilAStepSucceeds() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        run(new Worker(
                "test",
                () -> {
                    int run = runs.incrementAndGet();
                    if (run <= 4 || run == 6) {
                        throw new IOException("run " + run);
                    }
                    return run == 5 ? Duration.ofMillis(7) : null;
                },
                BACKOFF,
                this::failed,
                pauses::add));
        assertThat(pauses).extracting(Duration::toMillis).containsExactly(1_000L, 2_000L, 4_000L, 5_000L, 7L, 1_000L);
        assertThat(failures).contains("run 1 PT1S", "run 4 PT5S", "run 6 PT1S").hasSize(5);
    }

    @Test
    void firstRunWaitsForTheDelay() throws Exception {
        run(new Worker("test", () -> null, BACKOFF, this::failed, pauses::add).startingAfter(SECOND));
        assertThat(pauses).containsExactly(SECOND);
    }

    @Test
    void wakingEndsAPause() throws Exception {
        Semaphore runs = new Semaphore(0);
        Worker worker = new Worker(
                "test",
                () -> {
                    runs.release();
                    return Duration.ofHours(1);
                },
                BACKOFF,
                this::failed);
        worker.start();
        for (int run = 1; run <= 3; run++) {
            assertThat(runs.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
            worker.wake();
        }
        worker.close();
    }

    @Test
    void closeEndsAPauseAndRunsTheEnding() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        Worker worker = new Worker(
                        "test",
                        () -> {
                            ran.countDown();
                            return Duration.ofHours(1);
                        },
                        BACKOFF,
                        this::failed)
                .uninterrupted()
                .endingWith(() -> ended.set(true));
        worker.start();
        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        worker.close();
        assertThat(worker.isRunning()).isFalse();
        assertThat(ended).isTrue();
    }

    @Test
    void awaitedEndLetsTheLastRunsFinish() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        Worker worker = new Worker(
                "test", () -> runs.incrementAndGet() < 3 ? blocked(ran, released) : null, BACKOFF, this::failed);
        worker.start();
        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        worker.awaitEnd(Duration.ofMillis(10));
        assertThat(worker.isRunning()).isTrue();
        released.countDown();
        worker.awaitEnd(Duration.ofSeconds(10));
        assertThat(worker.isRunning()).isFalse();
        assertThat(runs).hasValue(3);
    }

    @Test
    void closeInterruptsARun() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        Worker worker = new Worker("test", () -> blocked(ran, new CountDownLatch(1)), BACKOFF, this::failed);
        worker.start();
        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        worker.close();
        assertThat(worker.isRunning()).isFalse();
        assertThat(failures).isEmpty();
    }

    @Test
    void uninterruptedRunFinishesAfterClose() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Worker worker = new Worker("test", () -> blocked(ran, released), BACKOFF, this::failed).uninterrupted();
        worker.start();
        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        worker.close(Duration.ofMillis(10));
        assertThat(worker.isRunning()).isTrue();
        assertThat(worker.isClosing()).isTrue();
        released.countDown();
        worker.close();
        assertThat(worker.isRunning()).isFalse();
    }

    @Test
    void backoffWithoutPauseIsRefused() {
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, SECOND)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Backoff(SECOND, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThat(Backoff.constant(SECOND).after(100)).isEqualTo(SECOND);
    }

    private static Duration blocked(CountDownLatch ran, CountDownLatch released) throws InterruptedException {
        ran.countDown();
        released.await();
        return Duration.ZERO;
    }

    private void failed(Exception failure, Duration pause) {
        failures.add(failure.getMessage() + " " + pause);
    }

    private static void run(Worker worker) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        worker.endingWith(ended::countDown).start();
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }
}
