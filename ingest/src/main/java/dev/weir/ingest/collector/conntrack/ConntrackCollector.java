package dev.weir.ingest.collector.conntrack;

import dev.weir.common.Backoff;
import dev.weir.common.Worker;
import dev.weir.common.config.UnavailableException;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.collector.CollectorSetup;
import dev.weir.ingest.collector.CollectorType;
import dev.weir.ingest.collector.Programs;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.RecordCounts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the connections of a node by {@code conntrack -E}, and lists them periodically by {@code conntrack -L} for
 * those that last. {@code docs/decisions/0011} has the reasons for the program instead of netlink itself.
 */
public final class ConntrackCollector implements Collector {
    public static final String KIND = "conntrack";

    public static final CollectorType<ConntrackConfig> TYPE = CollectorType.of(
            KIND,
            "The kernel's connection tracking of this node, by the conntrack program.",
            ConntrackConfig.class,
            ConntrackCollector::of,
            (checks, config) -> {});

    private static final Logger LOG = LoggerFactory.getLogger(ConntrackCollector.class);
    private static final String SETTINGS = "/proc/sys/net/netfilter/nf_conntrack_";
    private static final Duration TICK = Duration.ofMillis(200);
    private static final List<String> FAMILIES = List.of("ipv4", "ipv6");
    private static final Duration AGAIN = Duration.ofSeconds(2);

    private final ConntrackConfig config;
    private final FlowPipeline pipeline;
    private final InstantSource clock;
    private final IngestMetrics metrics;
    private final RecordCounts counts;
    private final ConntrackFlows connections;
    private final Worker reader;
    private final Worker lister;
    private volatile @Nullable Process events;
    private volatile boolean closed;
    private long nextListMs;

    public ConntrackCollector(
            ConntrackConfig config, FlowPipeline pipeline, InstantSource clock, IngestMetrics metrics) {
        this.config = config;
        this.pipeline = pipeline;
        this.clock = clock;
        this.metrics = metrics;
        this.counts = new RecordCounts(KIND, metrics, LOG);
        this.connections = new ConntrackFlows(
                config.capacity(),
                config.reporter() == null ? hostName() : config.reporter(),
                pipeline::accept,
                () -> counts.rejected(KIND),
                metrics.conntrackEvicted::inc,
                metrics.entriesEvicted.labels("ended_connection")::inc);
        this.reader = new Worker(
                "weir-conntrack",
                this::read,
                Backoff.constant(AGAIN),
                (failure, pause) -> LOG.error("{}; next attempt in {} ms", failure.getMessage(), pause.toMillis()));
        this.lister = new Worker(
                "weir-conntrack-list",
                this::list,
                Backoff.constant(AGAIN),
                (failure, pause) -> LOG.error(
                        "conntrack: listing the connections failed; next attempt in {} ms", pause.toMillis(), failure));
    }

    private static @Nullable Collector of(CollectorSetup setup, ConntrackConfig config) {
        return config.enabled()
                ? new ConntrackCollector(config, setup.waiting(KIND), setup.clock(), setup.metrics())
                : null;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public void start() {
        requireSettings();
        try {
            for (String family : FAMILIES) {
                list(family, line -> connections.begun(line, clock.millis()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        Process process = follow();
        try {
            if (process.waitFor(300, TimeUnit.MILLISECONDS)) {
                throw new UnavailableException("conntrack: following the kernel's events failed: " + said(process)
                        + "; it needs CAP_NET_ADMIN");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        events = process;
        reader.start();
        nextListMs = clock.millis() + config.report().toMillis();
        lister.start();
    }

    @Override
    public void close() {
        closed = true;
        Process process = events;
        try {
            if (process != null) {
                Programs.stop(process);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reader.close();
        lister.close();
        pipeline.flush();
    }

    /** Checks the settings of the kernel; the message says which is missing and what it provides. */
    private void requireSettings() {
        String namespace = config.networkNamespace();
        if (namespace != null && !Files.exists(Path.of(namespace))) {
            throw new UnavailableException(
                    "conntrack: " + namespace
                            + ": there is no such file; ingest.conntrack.network_namespace names one such as /var/run/netns/NAME");
        }
        String eventsOn = setting("events");
        if (eventsOn == null) {
            throw new UnavailableException(
                    "conntrack: " + SETTINGS
                            + "events cannot be read: the kernel has no connection tracking; load nf_conntrack, and nf_conntrack_netlink");
        }
        if (eventsOn.equals("0")) {
            throw new UnavailableException(
                    "conntrack: events are switched off; sysctl -w net.netfilter.nf_conntrack_events=1 switches them on");
        }
        if (!"1".equals(setting("acct"))) {
            LOG.warn(
                    "conntrack: flows have no bytes and packets; sysctl -w net.netfilter.nf_conntrack_acct=1 makes the kernel count them");
        }
        if (!"1".equals(setting("timestamp"))) {
            LOG.warn("conntrack: the start of connections that exist already is unknown;"
                    + " sysctl -w net.netfilter.nf_conntrack_timestamp=1 makes the kernel record it");
        }
    }

    private @Nullable String setting(String name) {
        try {
            Process process = inNamespace("cat", SETTINGS + name).start();
            try (InputStream in = process.getInputStream()) {
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
                return process.waitFor() == 0 ? text : null;
            }
        } catch (IOException e) {
            throw new UnavailableException("conntrack: the network namespace " + config.networkNamespace()
                    + " cannot be entered: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private ProcessBuilder inNamespace(String... command) {
        List<String> all = new ArrayList<>();
        String namespace = config.networkNamespace();
        if (namespace != null) {
            all.addAll(List.of("nsenter", "--net=" + namespace));
        }
        all.addAll(List.of(command));
        return new ProcessBuilder(all);
    }

    private Process follow() {
        try {
            return inNamespace("conntrack", "-E", "-o", "timestamp,id", "-b", String.valueOf(config.bufferBytes()))
                    .start();
        } catch (IOException e) {
            throw new UnavailableException("conntrack: the program conntrack cannot be run: " + e.getMessage()
                    + "; install conntrack-tools (Debian: conntrack)");
        }
    }

    private @Nullable Duration read() {
        Process process = events;
        if (process == null) {
            process = follow();
            events = process;
        }
        var unused = Programs.messages(process, "weir-conntrack-messages", this::warn);
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                take(text);
            }
        } catch (IOException e) {
            LOG.debug("conntrack: reading the events ended: {}", e.getMessage());
        }
        if (closed) {
            return null;
        }
        LOG.error("conntrack: the events have ended; next attempt in {} ms", AGAIN.toMillis());
        metrics.reconnects.labels(KIND).inc();
        events = null;
        return AGAIN;
    }

    private void take(String text) {
        ConntrackLine line = ConntrackLine.parse(text);
        if (line == null || line.type() == null) {
            counts.rejected(KIND);
            return;
        }
        synchronized (connections) {
            connections.event(line);
        }
    }

    private void warn(String message) {
        if (message.contains("ENOBUFS")) {
            metrics.conntrackOverruns.inc();
            LOG.warn(
                    "conntrack: the kernel's buffer was full and events were lost; raise ingest.conntrack.buffer_bytes");
        }
    }

    /** Lists the connections periodically, so that long-lasting ones are reported. */
    private Duration list() throws InterruptedException {
        pipeline.tick();
        if (clock.millis() >= nextListMs) {
            long reportMs = config.report().toMillis();
            nextListMs = clock.millis() + reportMs;
            for (String family : FAMILIES) {
                // Neither clock is exact to the tick, so a second less is enough.
                list(family, line -> connections.listed(line, clock.millis(), reportMs - 1_000));
            }
        }
        return TICK;
    }

    private void list(String family, Consumer<ConntrackLine> each) throws InterruptedException {
        try {
            Process process = inNamespace("conntrack", "-L", "-f", family, "-o", "id")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                    ConntrackLine line = ConntrackLine.parse(text);
                    if (line == null) {
                        counts.rejected(KIND);
                        continue;
                    }
                    synchronized (connections) {
                        each.accept(line);
                    }
                }
            }
            process.waitFor();
        } catch (IOException e) {
            LOG.warn(
                    "conntrack: listing the connections failed: {}; next attempt in {} ms",
                    e.getMessage(),
                    config.report().toMillis());
        }
    }

    private static String said(Process process) {
        try (InputStream in = process.getErrorStream()) {
            return new String(in.readNBytes(1_000), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "exit code " + process.exitValue();
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
