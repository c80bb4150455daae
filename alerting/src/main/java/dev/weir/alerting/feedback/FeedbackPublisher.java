package dev.weir.alerting.feedback;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.store.DecisionStore;
import dev.weir.alerting.store.DecisionStore.Decision;
import dev.weir.alerting.store.Lease;
import dev.weir.common.Backoff;
import dev.weir.common.Worker;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.KafkaClients;
import dev.weir.model.Feedback;
import dev.weir.model.Topics;
import dev.weir.model.codec.Json;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes decisions from the database to {@code weir.feedback} in the order in which they were made. One replica at a
 * time does so, by a lease. A decision may be published twice if the process ends before it is marked as published;
 * readers keep one value for each id, so a repetition has no effect.
 */
public final class FeedbackPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FeedbackPublisher.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Backoff BACKOFF = Backoff.constant(Duration.ofSeconds(1));
    private static final int AT_ONCE = 100;
    private static final Duration MAX_BLOCK = Duration.ofMillis(1_500);
    private static final Duration REQUEST = Lease.LEFT.minus(MAX_BLOCK.multipliedBy(2));

    private final DecisionStore store;
    private final Lease lease;
    private final AlertingMetrics metrics;
    private final Producer<byte[], byte[]> producer;
    private final Worker worker;

    public FeedbackPublisher(KafkaConfig kafka, DecisionStore store, Lease lease, AlertingMetrics metrics) {
        // A request ends within the rest of the lease: a decision that arrives after another replica has published a
        // later one would undo the later one.
        this(KafkaClients.promptProducer(kafka, MAX_BLOCK, REQUEST), store, lease, metrics);
    }

    FeedbackPublisher(Producer<byte[], byte[]> producer, DecisionStore store, Lease lease, AlertingMetrics metrics) {
        this.producer = producer;
        this.store = store;
        this.lease = lease;
        this.metrics = metrics;
        // Not interrupted: that could close the file of the database under it.
        this.worker = new Worker("weir-feedback", this::publishDue, BACKOFF, this::failed)
                .uninterrupted()
                .endingWith(lease::release);
    }

    public void start() {
        worker.start();
    }

    @Override
    public void close() {
        worker.close();
        producer.close(Duration.ofSeconds(5));
    }

    private Duration publishDue() throws SQLException, InterruptedException, ExecutionException {
        List<Decision> due = lease.isOurs() ? store.unpublished(AT_ONCE) : List.of();
        for (Decision decision : due) {
            publish(decision);
        }
        return due.isEmpty() ? POLL : Duration.ZERO;
    }

    private void failed(Exception failure, Duration pause) {
        metrics.feedbackRetries.inc();
        LOG.warn(
                "publishing decisions to {} failed: {}; next attempt in {} ms",
                Topics.FEEDBACK.topic(),
                failure.getMessage(),
                pause.toMillis());
    }

    private void publish(Decision read) throws SQLException, InterruptedException, ExecutionException {
        // Since it was read, the decision may have been changed, or published by another replica.
        Optional<Decision> now =
                store.find(read.feedback().id(), NamespaceScope.ALL).filter(decision -> !decision.published());
        if (now.isEmpty() || !lease.isOurs()) {
            return;
        }
        Decision decision = now.get();
        Feedback feedback = decision.feedback();
        byte[] key = feedback.id().getBytes(StandardCharsets.UTF_8);
        byte[] value = decision.undone() ? null : Json.write(feedback);
        // The record has the time of the decision; readers compare it with the decisions that they have.
        producer.send(new ProducerRecord<>(Topics.FEEDBACK.topic(), null, decision.changedMs(), key, value))
                .get();
        store.published(decision);
        metrics.decisions
                .labels(decision.undone() ? "undo" : feedback.action().id())
                .inc();
    }
}
