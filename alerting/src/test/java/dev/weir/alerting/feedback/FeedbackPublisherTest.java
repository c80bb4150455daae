package dev.weir.alerting.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.service.IncidentService;
import dev.weir.alerting.service.NotificationGroups;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.Databases;
import dev.weir.alerting.store.DecisionStore;
import dev.weir.alerting.store.Lease;
import dev.weir.model.Feedback;
import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class FeedbackPublisherTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private volatile long now = 1_000_000;
    private final InstantSource clock = () -> Instant.ofEpochMilli(now);
    private final AlertingMetrics metrics = new AlertingMetrics(new CollectorRegistry());

    private static Feedback lock(String id, long atMs) {
        return new Feedback(id, Feedback.Action.LOCK, null, "shop", "web", null, null, null, atMs, "ann", null);
    }

    /** A change during the publication of the first decision counts for the others. */
    @Test
    void decisionIsPublishedInItsPresentForm() throws Exception {
        try (Database database = Databases.H2.open()) {
            DecisionStore store = new DecisionStore(database);
            NotificationGroups groups = new NotificationGroups(database, Routes.toAll(Map.of()), Map.of());
            IncidentService incidents = IncidentService.of(database, groups, clock, metrics);
            for (String id : new String[] {"first", "undone", "by-another"}) {
                incidents.decisions().decide(lock(id, now++));
            }
            MockProducer<byte[], byte[]> producer =
                    new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                        @Override
                        public synchronized Future<RecordMetadata> send(
                                ProducerRecord<byte[], byte[]> record, Callback callback) {
                            if (history().isEmpty()) {
                                meanwhile(store, incidents);
                            }
                            return super.send(record, callback);
                        }
                    };
            Lease lease = new Lease(database, "feedback", clock);
            FeedbackPublisher publisher = new FeedbackPublisher(producer, store, lease, metrics);
            publisher.start();
            await().atMost(PATIENCE).until(() -> store.unpublished(10).isEmpty());
            publisher.close();
            assertThat(producer.history())
                    .extracting(record -> new String(record.key(), StandardCharsets.UTF_8) + " "
                            + (record.value() == null ? "undone" : "holds") + " " + record.timestamp())
                    .containsExactly("first holds 1000000", "undone undone 2000000");
        }
    }

    private void meanwhile(DecisionStore store, IncidentService incidents) {
        try {
            now = 2_000_000;
            incidents.decisions().undo("undone", "bob", NamespaceScope.ALL);
            store.published(store.find("by-another", NamespaceScope.ALL).orElseThrow());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
