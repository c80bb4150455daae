package dev.weir.ingest.collector.manifests;

import dev.weir.common.Backoff;
import dev.weir.common.Worker;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.UnavailableException;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.collector.CollectorChecks;
import dev.weir.ingest.collector.CollectorType;
import dev.weir.ingest.collector.KafkaSetup;
import dev.weir.ingest.context.OwnChanges;
import dev.weir.ingest.publish.ContextSink;
import dev.weir.model.ContextChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a directory of manifests and its edits. An object is in force from its {@code creationTimestamp} on.
 * Without one, an object of the first scan counts as having existed always, and a later one from the time its file was
 * written. An object ends at the scan that no longer finds it.
 */
public final class ManifestsCollector implements Collector {
    public static final String KIND = "manifests";

    public static final CollectorType<ManifestsConfig> TYPE = CollectorType.ofKafka(
            KIND,
            "Kubernetes YAML in a directory, which names endpoints and holds the policies.",
            ManifestsConfig.class,
            ManifestsCollector::of,
            ManifestsCollector::check);

    private static final Logger LOG = LoggerFactory.getLogger(ManifestsCollector.class);

    private final Path path;
    private final @Nullable String cluster;
    private final ManifestDirectory directory;
    private final ContextSink publisher;
    private final InstantSource clock;
    private final OwnChanges published;
    /** Keys of records that a newer record with another key has replaced. */
    private final List<String> replaced = new ArrayList<>();

    private final boolean firstEver;
    private final Worker worker;

    /**
     * Creates the collector; it reads in {@link #start()}.
     *
     * @param cluster the cluster that the directory describes; null for the one without a name
     * @param history time for which an object is kept in the topic after its end
     * @param known records that the topic has already, by their keys
     */
    public ManifestsCollector(
            Path path,
            @Nullable String cluster,
            long pollMs,
            Duration history,
            Map<String, ContextChange> known,
            ContextSink publisher,
            InstantSource clock,
            IngestMetrics metrics) {
        this.path = path;
        this.cluster = cluster;
        this.directory = new ManifestDirectory(path, problem -> {
            metrics.manifestErrors.inc();
            LOG.error("manifests: {}; the object is left out", problem);
        });
        this.publisher = publisher;
        this.clock = clock;
        this.published = new OwnChanges(KIND, cluster, known, history);
        this.firstEver = published.isEmpty();
        Duration poll = Duration.ofMillis(pollMs);
        this.worker = new Worker(
                        "weir-manifests",
                        () -> {
                            publishChanges(false);
                            delete();
                            return poll;
                        },
                        Backoff.constant(poll),
                        (failure, pause) -> LOG.warn(
                                "manifests: publishing {} failed: {}; next attempt in {} ms",
                                path,
                                failure.getMessage(),
                                pause.toMillis()))
                .startingAfter(poll);
    }

    /**
     * Reads a directory once; each object is in force since its creation, or always.
     *
     * @param problems receives a sentence for each object or file that cannot be used and is left out
     * @throws UnavailableException if the directory cannot be read
     */
    public static List<ContextChange> describe(Path path, Consumer<String> problems) {
        if (!Files.isDirectory(path)) {
            throw new ConfigException(path + ": is not a directory with Kubernetes YAML");
        }
        ManifestDirectory directory = new ManifestDirectory(path, problems);
        try {
            List<ContextChange> changes = new ArrayList<>();
            for (ManifestDirectory.Found found : directory.scan().values()) {
                Long created = found.object().createdMs();
                changes.add(found.object().change(null, created == null ? ContextChange.ALWAYS : created, KIND));
            }
            return changes;
        } catch (IOException e) {
            throw new UnavailableException(path + ": cannot be read: " + e.getMessage());
        }
    }

    private static List<Collector> of(KafkaSetup setup, ManifestsConfig config) {
        String path = config.path();
        return path == null
                ? List.of()
                : List.of(new ManifestsCollector(
                        Path.of(path),
                        setup.cluster(),
                        config.poll().toMillis(),
                        setup.history(),
                        setup.knownContext(),
                        setup.contextPublisher(),
                        setup.clock(),
                        setup.metrics()));
    }

    private static void check(CollectorChecks checks, ManifestsConfig config) {
        String path = config.path();
        if (path != null && !Files.isDirectory(Path.of(path))) {
            checks.mistake(path + ": is not a directory; ingest.manifests.path must name one with Kubernetes YAML");
        }
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** Publishes the present objects before it returns, so that the first flows find their context. */
    @Override
    public void start() {
        if (!Files.isDirectory(path)) {
            throw new ConfigException(
                    path + ": is not a directory; ingest.manifests.path must name one with Kubernetes YAML");
        }
        try {
            publishChanges(firstEver);
        } catch (IOException e) {
            throw new UnavailableException(path + ": cannot be read: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        worker.start();
    }

    @Override
    public void close() {
        worker.close();
    }

    private void publishChanges(boolean always) throws IOException, InterruptedException {
        Map<String, ManifestDirectory.Found> found = directory.scan();
        List<ContextChange> changes = new ArrayList<>();
        found.values().forEach(object -> {
            ContextChange before = published.get(object.object().key(cluster));
            if (before == null || !object.object().isIn(before)) {
                changes.add(object.object().change(cluster, validFrom(object, before, always), KIND));
            }
        });
        long now = clock.millis();
        published
                .live()
                .filter(before -> !found.containsKey(before.keyInCluster()))
                .forEach(before -> changes.add(before.ended(Math.max(now, before.validFromMs() + 1))));
        if (!changes.isEmpty()) {
            publisher.publish(changes);
            changes.forEach(change -> replaced.addAll(published.put(change)));
            LOG.info(
                    "manifests: published {} context changes from {}, which has {} objects",
                    changes.size(),
                    path,
                    found.size());
        }
    }

    /** Removes from the topic the objects that ended before the history, and records replaced under another key. */
    private void delete() throws InterruptedException {
        List<String> past = new ArrayList<>(replaced);
        past.addAll(published.ended(clock.millis()));
        if (!past.isEmpty()) {
            publisher.delete(past);
            published.remove(past);
            replaced.clear();
        }
    }

    private long validFrom(ManifestDirectory.Found found, @Nullable ContextChange before, boolean always) {
        Long created = found.object().createdMs();
        if (before == null && created != null) {
            return created;
        }
        if (before == null && always) {
            return ContextChange.ALWAYS;
        }
        long written = Math.min(found.modifiedMs(), clock.millis());
        return before == null ? written : Math.max(written, before.validFromMs() + 1);
    }
}
