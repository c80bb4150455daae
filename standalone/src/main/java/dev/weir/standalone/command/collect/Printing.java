package dev.weir.standalone.command.collect;

import dev.weir.common.config.ConfigException;
import dev.weir.common.config.Durations;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.collector.CollectorSetup;
import dev.weir.ingest.collector.manifests.ManifestsCollector;
import dev.weir.ingest.enrichment.Enricher;
import dev.weir.ingest.enrichment.Networks;
import dev.weir.ingest.orientation.Deduplicator;
import dev.weir.ingest.orientation.Orienter;
import dev.weir.ingest.pipeline.FlowClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.ingest.publish.FlowSink;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.codec.Json;
import dev.weir.standalone.command.Stopping;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options, treatment and output that all kinds of {@code weir collect} share. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class Printing {
    private static final int PAIR_CAPACITY = 100_000;
    private static final Duration HISTORY = Duration.ofHours(24);
    private static final long CHECK_MS = 100;

    enum Output {
        json,
        text
    }

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "Format of the output: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}",
            defaultValue = "json")
    private Output output;

    @Option(
            names = "--raw",
            description =
                    "Print records as exported, without swapping ends of replies, joining directions or adding names.")
    private boolean raw;

    @Option(
            names = "--manifests",
            paramLabel = "DIR",
            description = "Directory of manifests (Kubernetes YAML or JSON) from which endpoints get their names.")
    private @Nullable Path manifests;

    @Option(names = "--count", paramLabel = "N", description = "Stop after this number of flows.")
    private @Nullable Long count;

    @Option(names = "--for", paramLabel = "DURATION", description = "Stop after this time, for example 30s.")
    private @Nullable String length;

    @Option(
            names = "--pair-window",
            paramLabel = "DURATION",
            description = "Time for which one direction of a connection waits for the other. Default: 2s")
    private @Nullable String pairWindow;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final IngestMetrics metrics = new IngestMetrics(registry);
    private final AtomicLong printed = new AtomicLong();

    IngestMetrics metrics() {
        return metrics;
    }

    boolean raw() {
        return raw;
    }

    /** The connector orients and pairs flows; raw records pass without it. */
    private @Nullable Orienter orienter() {
        return raw
                ? null
                : new Orienter(duration("--pair-window", pairWindow, Duration.ofSeconds(2)), PAIR_CAPACITY, metrics);
    }

    private @Nullable Deduplicator deduplicator() {
        return raw ? null : new Deduplicator(Duration.ofMinutes(5), PAIR_CAPACITY, metrics);
    }

    /**
     * The enricher names endpoints. Raw records pass without it; without a description of the cluster, names come from
     * DNS answers alone.
     */
    private @Nullable Enricher enricher() {
        if (raw) {
            return null;
        }
        Enricher enricher = new Enricher(HISTORY, Networks.NONE, metrics);
        if (manifests != null) {
            ManifestsCollector.describe(
                            manifests,
                            problem -> spec.commandLine().getErr().println("weir: " + problem + "; it is left out"))
                    .forEach(enricher::apply);
        }
        return enricher;
    }

    /** Returns the parts with which a collector of the registry prints its flows. */
    CollectorSetup setup() {
        return new CollectorSetup() {
            @Override
            public FlowPipeline dropping(String kind) {
                return waiting(kind);
            }

            @Override
            public FlowPipeline waiting(String kind, FlowClock time) {
                return pipeline(kind, time);
            }

            @Override
            public InstantSource clock() {
                return InstantSource.system();
            }

            @Override
            public IngestMetrics metrics() {
                return metrics;
            }
        };
    }

    /** Creates a pipeline that prints flows. */
    FlowPipeline pipeline(String kind, FlowClock clock) {
        return pipeline(kind, clock, (collector, flow) -> print(flow));
    }

    FlowPipeline pipeline(String kind, FlowClock clock, FlowSink sink) {
        return new FlowPipeline(kind, new FlowStages(deduplicator(), orienter(), enricher()), clock, sink, metrics);
    }

    /**
     * Prints a flow.
     *
     * @return false when the wanted number has been printed
     */
    boolean print(Flow flow) {
        if (enough()) {
            return false;
        }
        PrintWriter out = spec.commandLine().getOut();
        String line = output == Output.json ? new String(Json.write(flow), StandardCharsets.UTF_8) : text(flow);
        synchronized (printed) {
            if (enough()) {
                return false;
            }
            out.println(line);
            printed.incrementAndGet();
        }
        return true;
    }

    boolean enough() {
        return count != null && printed.get() >= count;
    }

    /** Runs a collector until enough flows are printed, the time is over, or a stop is requested. */
    int run(Collector collector, Runnable started) throws InterruptedException {
        return run(collector, started, () -> false);
    }

    /** Runs a collector until one of these conditions, or until the collector has no more to read. */
    int run(Collector collector, Runnable started, BooleanSupplier finished) throws InterruptedException {
        long nanos = duration("--for", length, Duration.ofDays(36_500)).toNanos();
        Stopping stopping = new Stopping();
        try (collector) {
            collector.start();
            started.run();
            long began = System.nanoTime();
            boolean done = false;
            while (!done) {
                done = finished.getAsBoolean()
                        || stopping.asked(CHECK_MS)
                        || enough()
                        || System.nanoTime() - began >= nanos;
            }
        } finally {
            summary();
            stopping.stopped();
        }
        return 0;
    }

    /** Prints the numbers of flows read, left out and rejected on standard error. */
    void summary() {
        PrintWriter err = spec.commandLine().getErr();
        err.println("weir: " + printed.get() + (printed.get() == 1 ? " flow" : " flows"));
        for (MetricFamilySamples family : Collections.list(registry.metricFamilySamples())) {
            for (MetricFamilySamples.Sample sample : family.samples) {
                boolean isShown = sample.value > 0
                        && sample.name.endsWith("_total")
                        && !sample.name.contains("flows_read")
                        && !sample.name.contains("_created");
                if (isShown) {
                    err.println("weir: " + sample.name + labels(sample) + " " + (long) sample.value);
                }
            }
        }
    }

    private static String labels(MetricFamilySamples.Sample sample) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < sample.labelNames.size(); i++) {
            text.append(i == 0 ? "{" : ",")
                    .append(sample.labelNames.get(i))
                    .append("=\"")
                    .append(sample.labelValues.get(i))
                    .append('"');
        }
        return text.length() == 0 ? "" : text + "}";
    }

    private static String text(Flow flow) {
        return String.format(
                Locale.ROOT,
                "%tFT%<tT.%<tLZ %-9s %s > %s %s %s",
                Instant.ofEpochMilli(flow.startMs()).atZone(ZoneOffset.UTC),
                flow.verdict(),
                end(flow.source()),
                end(flow.destination()),
                flow.protocol(),
                counters(flow));
    }

    private static String end(Endpoint end) {
        String port = end.port() == null ? "" : ":" + end.port();
        String who = end.pod() == null ? "" : " (" + end.namespace() + "/" + end.pod() + ")";
        return end.ip() + port + who;
    }

    private static String counters(Flow flow) {
        Long sent = flow.source().bytes();
        Long answered = flow.destination().bytes();
        return (sent == null ? "-" : sent) + "/" + (answered == null ? "-" : answered) + " bytes";
    }

    private static Duration duration(String option, @Nullable String text, Duration otherwise) {
        return text == null ? otherwise : duration(option, text);
    }

    /**
     * Parses a duration.
     *
     * @throws ConfigException that names the option
     */
    static Duration duration(String option, String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(option + ": " + e.getMessage());
        }
    }
}
