package dev.weir.alerting.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.Notifications;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.Databases;
import dev.weir.alerting.store.OutboxStore;
import dev.weir.model.Severity;
import io.prometheus.client.CollectorRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Attempts of one receiver's worker, and the end of the worker. */
@Timeout(60)
class ReceiverWorkerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String NAME = Notifications.firing().receiver();

    private final AlertingMetrics metrics = new AlertingMetrics(new CollectorRegistry());
    private final Scripted notifier = new Scripted();
    private volatile long now = Notifications.NOW;
    private final InstantSource clock = () -> Instant.ofEpochMilli(now);
    private Database database;
    private OutboxStore store;
    private ReceiverWorker worker;

    @BeforeEach
    void open() throws SQLException {
        database = Databases.H2.open();
        store = new OutboxStore(database);
        worker = new ReceiverWorker(store, new Receiver(NAME, Severity.LOW, notifier), clock, metrics);
        database.inTransaction(handle -> {
            OutboxStore.add(handle, Notifications.firing());
            return NAME;
        });
    }

    @AfterEach
    void close() {
        worker.stop(PATIENCE);
        database.close();
    }

    @Test
    void failedAttemptIsRepeatedWhenItIsDue() throws Exception {
        notifier.answers.add(new Delivery.RetryLater("answered 503", Duration.ofSeconds(30)));
        worker.start();
        await().atMost(PATIENCE).until(() -> retries() == 1);
        assertThat(store.due(NAME, now + 29_999, 1)).isEmpty();
        assertThat(notifier.sent.get()).isEqualTo(1);
        now += 60_000;
        await().atMost(PATIENCE).until(() -> store.size() == 0);
        assertThat(notifier.sent.get()).isEqualTo(2);
        assertThat(result("delivered")).isEqualTo(1);
    }

    @Test
    void rejectedNotificationIsNotRepeated() throws Exception {
        notifier.answers.add(new Delivery.Rejected("answered 404"));
        worker.start();
        await().atMost(PATIENCE).until(() -> store.size() == 0);
        assertThat(result("rejected")).isEqualTo(1);
        assertThat(retries()).isZero();
        assertThat(notifier.sent.get()).isEqualTo(1);
    }

    @Test
    void defectOfANotifierRejectsTheNotification() throws Exception {
        notifier.isDefective.set(true);
        worker.start();
        await().atMost(PATIENCE).until(() -> store.size() == 0);
        assertThat(result("rejected")).isEqualTo(1);
    }

    @Test
    void closedWorkerBeginsNoAttempt() throws Exception {
        worker.stop(Duration.ZERO);
        worker.start();
        worker.stop(PATIENCE);
        assertThat(notifier.sent.get()).isZero();
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void interruptedAttemptKeepsTheNotification() throws Exception {
        notifier.isSlow.set(true);
        worker.start();
        notifier.isSending.await();
        worker.stop(Duration.ZERO);
        worker.interruptSending();
        worker.stop(PATIENCE);
        assertThat(store.size()).isEqualTo(1);
        assertThat(result("delivered")).isZero();
        assertThat(store.lease(NAME, clock).isOurs())
                .as("the lease is released")
                .isTrue();
    }

    private double retries() {
        return metrics.notificationRetries.labels(NAME).get();
    }

    private double result(String result) {
        return metrics.notifications.labels(NAME, result).get();
    }

    /** Answers as scripted, and delivers when no answer is left. A slow one waits until it is interrupted. */
    private static final class Scripted implements Notifier {
        private final Queue<Delivery> answers = new ConcurrentLinkedQueue<>();
        private final AtomicInteger sent = new AtomicInteger();
        private final AtomicBoolean isDefective = new AtomicBoolean();
        private final AtomicBoolean isSlow = new AtomicBoolean();
        private final CountDownLatch isSending = new CountDownLatch(1);

        @Override
        public String kind() {
            return "scripted";
        }

        @Override
        public Delivery send(Notification notification) throws InterruptedException {
            sent.incrementAndGet();
            isSending.countDown();
            if (isSlow.get()) {
                new CountDownLatch(1).await();
            }
            if (isDefective.get()) {
                throw new IllegalStateException("a defect");
            }
            return answers.isEmpty() ? new Delivery.Delivered() : answers.remove();
        }
    }
}
