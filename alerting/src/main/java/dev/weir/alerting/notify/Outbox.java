package dev.weir.alerting.notify;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.OutboxStore;
import dev.weir.common.Backoff;
import dev.weir.common.Worker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * Delivers the notifications in the database, with a thread for each receiver so that a slow one delays no other. Of
 * several replicas one serves a receiver, so that its pace and the order of its notifications hold. A notification is
 * removed after the receiver has accepted it; a crash in between sends it again under the same id.
 */
public final class Outbox implements AutoCloseable {
    private static final Duration RENEW = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final List<ReceiverWorker> workers;
    /** Renews the leases, however long an attempt takes. */
    private final Worker renewal;

    public Outbox(OutboxStore store, List<Receiver> receivers, InstantSource clock, AlertingMetrics metrics) {
        workers = receivers.stream()
                .map(receiver -> new ReceiverWorker(store, receiver, clock, metrics))
                .toList();
        renewal = new Worker("weir-leases", this::renew, Backoff.constant(RENEW), (failure, pause) -> {})
                .startingAfter(RENEW)
                .uninterrupted();
    }

    public void start() {
        workers.forEach(ReceiverWorker::start);
        renewal.start();
    }

    /** Lets all receivers look for notifications at once. */
    public void wake() {
        workers.forEach(ReceiverWorker::wake);
    }

    private Duration renew() {
        workers.forEach(ReceiverWorker::renewLease);
        return RENEW;
    }

    /** Waits for attempts under way, which would otherwise be repeated; interrupts them after five seconds. */
    @Override
    public void close() {
        workers.forEach(worker -> worker.stop(Duration.ZERO));
        join();
        workers.forEach(ReceiverWorker::interruptSending);
        join();
        renewal.close();
        workers.forEach(ReceiverWorker::closeNotifier);
    }

    private void join() {
        long deadline = System.nanoTime() + GRACE.toNanos();
        for (ReceiverWorker worker : workers) {
            worker.stop(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        }
    }
}
