package dev.weir.standalone;

import dev.weir.alerting.Alerting;
import dev.weir.alerting.AlertingConfig;
import dev.weir.alerting.store.AlertStore;
import dev.weir.analytics.job.StreamingRun;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.config.UnavailableException;
import dev.weir.ingest.Ingest;
import dev.weir.ingest.IngestConfig;
import dev.weir.model.Alert;
import dev.weir.standalone.broker.EmbeddedBroker;
import dev.weir.standalone.broker.TopicSetup;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs the broker, the job, alerting and ingest in one JVM; they stop in the reverse order of their start. */
public final class AllInOne implements AutoCloseable {
    private static final Duration READY_WAIT = Duration.ofMinutes(2);
    /** The pause between two looks at the job, in milliseconds; Flink reports no event when a job begins to run. */
    private static final long POLL_MS = 50;

    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final KafkaConfig kafka;
    private final Alerting alerting;
    private final Ingest ingest;
    private final StreamingRun analytics;

    /**
     * Starts all parts and returns when they are ready; after a failure no part is left running.
     *
     * @param fresh true to start the job with empty state
     * @param listener receives each alert after it is stored
     * @param progress receives the name of each step as it begins
     * @throws Exception an {@link UnavailableException} or {@link dev.weir.common.config.ConfigException} where the
     *     user can mend it
     */
    public AllInOne(
            UpConfig config,
            boolean fresh,
            InstantSource clock,
            CollectorRegistry registry,
            BiConsumer<Alert, AlertStore.Applied> listener,
            Consumer<String> progress)
            throws Exception {
        try {
            DataFolder data = started(DataFolder.open(Path.of(config.data())));
            if (!fresh) {
                StreamingRun.requireReadable(data.checkpoints(), config.analytics());
            }
            progress.accept("Kafka");
            EmbeddedBroker broker =
                    started(EmbeddedBroker.start(data.broker(), config.kafka().port()));
            kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
            TopicSetup.ensure(kafka, config.kafka().partitions(), (short) 1);
            progress.accept("alerting");
            alerting = started(new Alerting(
                    withDatabase(config.alerting(), data), kafka, clock, registry, listener, this::jobRuns));
            alerting.start();
            // Ingest publishes the manifests before the job starts, so that the job finds their context.
            progress.accept("ingest");
            ingest = new Ingest(withSpool(config.ingest(), data), kafka, clock, registry, this::lag);
            ingest.start();
            running.push(ingest);
            started(new TransactionOutcomes(kafka)).start();
            progress.accept("Flink");
            analytics = StreamingRun.start(config.analytics(), kafka, data.checkpoints(), fresh);
            running.push(analytics);
            started(new JobLimits(analytics::limits, registry)).start();
            awaitReady();
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    public KafkaConfig kafka() {
        return kafka;
    }

    /** The base URL of the API. */
    public String url() {
        return alerting.url();
    }

    /** The UDP port for NetFlow, or null when NetFlow is switched off. */
    public @Nullable Integer netflowPort() {
        return ingest.netflowPort();
    }

    /** The URL to which flows are posted, or null when that is switched off. */
    public @Nullable String flowsUrl() {
        return ingest.flowsUrl();
    }

    /** Returns true while the job runs. */
    public boolean healthy() {
        return !analytics.ended();
    }

    /** Stops the job, then ingest, alerting and the broker. */
    @Override
    public void close() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("not stopped cleanly", e);
            }
        }
    }

    @SuppressWarnings("NullAway") // asked while the constructor still runs
    private boolean jobRuns() {
        return analytics != null && analytics.running();
    }

    @SuppressWarnings("NullAway") // asked while the constructor still runs
    private long lag() {
        return analytics == null ? 0 : analytics.lag();
    }

    private void awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + READY_WAIT.toNanos();
        while (!analytics.running() || !alerting.ready()) {
            if (System.nanoTime() > deadline || analytics.ended()) {
                throw new UnavailableException(
                        "the job did not start within " + READY_WAIT.toSeconds() + " s; the log says why");
            }
            Thread.sleep(POLL_MS);
        }
    }

    private <T extends AutoCloseable> T started(T part) {
        running.push(part);
        return part;
    }

    private static IngestConfig withSpool(IngestConfig config, DataFolder data) {
        return config.spool().path() == null
                ? config.withSpool(config.spool().at(data.spool().toString()))
                : config;
    }

    private static AlertingConfig withDatabase(AlertingConfig config, DataFolder data) {
        return config.database() == null ? config.withDatabase(data.database()) : config;
    }
}
