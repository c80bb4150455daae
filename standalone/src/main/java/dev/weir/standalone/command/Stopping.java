package dev.weir.standalone.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for SIGINT or SIGTERM, and lets the command stop in order before the JVM ends. */
public final class Stopping {
    private static final long STOP_SECONDS = 60;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);

    public Stopping() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::onShutdown, "weir-stop"));
    }

    /** True when it was asked to stop within the time. */
    public boolean asked(long waitMs) throws InterruptedException {
        return asked.await(waitMs, TimeUnit.MILLISECONDS);
    }

    /** To be called when everything is closed. */
    public void stopped() {
        stopped.countDown();
    }

    private void onShutdown() {
        asked.countDown();
        try {
            if (!stopped.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("weir: not stopped within " + STOP_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
