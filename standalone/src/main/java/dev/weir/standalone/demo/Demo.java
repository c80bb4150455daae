package dev.weir.standalone.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.alerting.message.AlertMessage;
import dev.weir.alerting.store.AlertStore;
import dev.weir.analytics.detector.newedge.NewEdge;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.publish.SpoolConfig;
import dev.weir.ingest.publish.SpooledFlows;
import dev.weir.model.Alert;
import dev.weir.model.ContextChange;
import dev.weir.model.Flow;
import dev.weir.model.codec.Json;
import dev.weir.standalone.AlertText;
import dev.weir.standalone.AllInOne;
import dev.weir.standalone.UpConfig;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Plays the demo: the shop's last half hour at once, from which the job learns a baseline; then its traffic in real
 * time, with events that break the expectations.
 */
public final class Demo {
    /** The span of the past traffic, and the learning time set for the job. */
    public static final Duration LEARN = Duration.ofMinutes(20);

    private static final Duration PAST = Duration.ofMinutes(30);
    private static final String COLLECTOR = "simulator";
    private static final long TICK_MS = 500;
    private static final long FORBIDDEN_AFTER_MS = 1_000;
    private static final long SCAN_AFTER_MS = 5_000;
    private static final long NEW_EDGE_AFTER_MS = 9_000;

    private final Simulator simulator;
    private final InstantSource clock;
    private final PrintWriter out;
    private final AtomicLong flows = new AtomicLong();
    private final Map<String, Long> alerts = new TreeMap<>();
    private long startedMs;

    /** Waits between two looks at the schedule. */
    public interface Pause {
        /**
         * Waits for a number of milliseconds.
         *
         * @return true when a stop was requested meanwhile
         */
        boolean stop(long waitMs) throws InterruptedException;
    }

    public Demo(long seed, InstantSource clock, PrintWriter out) {
        this.simulator = new Simulator(seed);
        this.clock = clock;
        this.out = out;
    }

    /**
     * Plays the demo until its time is over.
     *
     * @param config with manifests where {@link #describe} has put them
     * @param length null to go on until interrupted
     * @param jvmStartMs start of this process, for the summary
     * @param pause waits, and reports a requested stop
     * @throws Exception when a part cannot be started
     */
    public void run(UpConfig config, @Nullable Duration length, long jvmStartMs, Pause pause) throws Exception {
        startedMs = jvmStartMs;
        CollectorRegistry registry = CollectorRegistry.defaultRegistry;
        say("Starting Kafka, Flink, ingest and alerting in this process ...");
        try (AllInOne weir = new AllInOne(config, false, clock, registry, this::print, part -> {})) {
            say("API         " + weir.url() + "/api/v1/alerts");
            say("Metrics     " + weir.url() + "/metrics");
            play(weir, config, length, pause);
        }
        summary();
    }

    /** Writes the simulated cluster as a manifest, for ingest to read before the first flow. */
    public void describe(Path directory) throws IOException {
        ObjectNode list = Json.MAPPER.createObjectNode().put("apiVersion", "v1").put("kind", "List");
        ArrayNode items = list.putArray("items");
        for (ContextChange change : simulator.context()) {
            String object = change.object();
            if (object != null) {
                items.add(Json.MAPPER.readTree(object));
            }
        }
        Files.createDirectories(directory);
        Files.write(directory.resolve("shop.json"), Json.write(list));
    }

    private void play(AllInOne weir, UpConfig config, @Nullable Duration length, Pause pause)
            throws InterruptedException {
        // The demo's own metrics go to a registry of their own; ingest's are registered by the collectors.
        IngestMetrics metrics = new IngestMetrics(new CollectorRegistry());
        SpoolConfig spool = new SpoolConfig(config.data() + "/spool-of-the-demo", null, null);
        try (SpooledFlows publisher = new SpooledFlows(weir.kafka(), spool, clock, metrics)) {
            long now = clock.millis();
            publish(publisher, simulator.everyEdge(now - PAST.toMillis()));
            publish(publisher, simulator.usual(now - PAST.toMillis(), now - TICK_MS));
            say("Simulated   " + simulator.workloads() + " workloads, " + simulator.edges() + " edges, the past "
                    + PAST.toMinutes() + " minutes in " + flows + " flows; learned for "
                    + config.analytics().detectors().of(NewEdge.TYPE).learn().toMinutes() + " minutes of them");
            say("Now follow, in real time: a forbidden connection, a port scan and a new edge. Alerts appear below.");
            live(weir, publisher, now, length, pause);
        }
    }

    private void live(AllInOne weir, SpooledFlows publisher, long began, @Nullable Duration length, Pause pause)
            throws InterruptedException {
        long until = length == null ? Long.MAX_VALUE : startedMs + length.toMillis();
        boolean forbidden = false;
        boolean scan = false;
        boolean edge = false;
        long from = began - TICK_MS;
        while (clock.millis() < until && weir.healthy() && !pause.stop(TICK_MS)) {
            long now = clock.millis();
            publish(publisher, simulator.usual(from, now));
            from = now;
            if (!forbidden && now >= began + FORBIDDEN_AFTER_MS) {
                forbidden = true;
                publish(publisher, simulator.forbiddenConnection(now));
            }
            if (!scan && now >= began + SCAN_AFTER_MS) {
                scan = true;
                publish(publisher, simulator.portScan(now - 1_200));
            }
            if (!edge && now >= began + NEW_EDGE_AFTER_MS) {
                edge = true;
                publish(publisher, simulator.newEdge(now));
            }
        }
    }

    private void publish(SpooledFlows publisher, List<Flow> some) {
        for (Flow flow : some) {
            publisher.put(COLLECTOR, flow);
        }
        flows.addAndGet(some.size());
    }

    private void print(Alert alert, AlertStore.Applied applied) {
        boolean isNew = applied == AlertStore.Applied.NEW || applied == AlertStore.Applied.MOVED;
        if (!isNew && applied != AlertStore.Applied.RAISED) {
            return;
        }
        synchronized (alerts) {
            if (isNew) {
                alerts.merge(alert.detector(), 1L, Long::sum);
            }
            String after = (clock.millis() - startedMs) / 1000 + " s after start";
            out.println();
            out.print(AlertText.block(new AlertMessage(alert, null), isNew ? after : after + ", raised"));
            out.flush();
        }
    }

    private void summary() {
        synchronized (alerts) {
            out.println();
            say("Done: " + flows + " flows, "
                    + alerts.values().stream().mapToLong(Long::longValue).sum() + " alerts " + alerts);
        }
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
