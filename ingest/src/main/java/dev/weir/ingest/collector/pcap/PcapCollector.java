package dev.weir.ingest.collector.pcap;

import dev.weir.common.Backoff;
import dev.weir.common.Worker;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.UnavailableException;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.collector.CollectorChecks;
import dev.weir.ingest.collector.CollectorSetup;
import dev.weir.ingest.collector.CollectorType;
import dev.weir.ingest.collector.Programs;
import dev.weir.ingest.packet.Packet;
import dev.weir.ingest.pipeline.EventClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads capture files, one after the other, and captures packets live by {@code tcpdump}, which has the privileges, and
 * uses the kernel's filters and counters; its packets come over a pipe in the format of the files.
 */
public final class PcapCollector implements Collector {
    public static final String KIND = "pcap";

    public static final CollectorType<PcapConfig> TYPE = CollectorType.of(
            KIND,
            "Packets of capture files (pcap, pcapng, plain or gzip), or of an interface by tcpdump.",
            PcapConfig.class,
            PcapCollector::of,
            PcapCollector::check);

    private static final Logger LOG = LoggerFactory.getLogger(PcapCollector.class);
    private static final int EXPIRE_EVERY = 1_000;
    /** The pause before the next capture after a failure; a capture that failed is not read again. */
    private static final Backoff NEXT = Backoff.constant(Duration.ofMillis(1));

    private final PcapConfig config;
    private final EventClock clock;
    private final FlowPipeline pipeline;
    private final IngestMetrics metrics;
    private final Worker worker;
    private final Queue<String> paths;
    private final List<String> problems = new ArrayList<>();
    /** The name of the capture that is being read. */
    private String reading = "";

    private boolean isCaptureRead;
    private volatile @Nullable Process tcpdump;
    private volatile boolean closed;
    private volatile boolean finished;

    /**
     * Creates the collector; it reads from {@link #start()} on.
     *
     * @param clock clock of the pipeline, which the collector sets to the time of each packet
     */
    public PcapCollector(PcapConfig config, EventClock clock, FlowPipeline pipeline, IngestMetrics metrics) {
        this.clock = clock;
        this.config = config;
        this.pipeline = pipeline;
        this.metrics = metrics;
        this.paths = new ArrayDeque<>(config.paths());
        // Not interrupted, so that the flows of the packets so far are passed on.
        this.worker = new Worker("weir-pcap", this::readNext, NEXT, this::failed)
                .uninterrupted()
                .endingWith(() -> finished = true);
    }

    private static @Nullable Collector of(CollectorSetup setup, PcapConfig config) {
        if (config.paths().isEmpty() && config.networkInterface() == null) {
            return null;
        }
        EventClock time = new EventClock();
        return new PcapCollector(config, time, setup.waiting(KIND, time), setup.metrics());
    }

    private static void check(CollectorChecks checks, PcapConfig config) {
        config.paths().stream()
                .filter(path -> !path.equals("-"))
                .forEach(path -> checks.file("ingest.pcap.paths", path));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public void start() {
        for (String path : config.paths()) {
            if (!Files.isReadable(Path.of(path))) {
                throw new ConfigException("pcap: " + path + ": there is no such file, or it may not be read");
            }
        }
        String networkInterface = config.networkInterface();
        if (networkInterface != null) {
            tcpdump = capture(networkInterface);
        }
        worker.start();
    }

    /** Returns true once reading has ended: all files are read and no live capture runs, or it was closed. */
    public boolean finished() {
        return finished;
    }

    /** Returns the errors in captures. */
    public synchronized List<String> problems() {
        return List.copyOf(problems);
    }

    @Override
    public void close() {
        closed = true;
        Process process = tcpdump;
        try {
            if (process != null) {
                Programs.stop(process);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        worker.close();
        pipeline.flush();
    }

    private Process capture(String networkInterface) {
        List<String> command =
                new ArrayList<>(List.of("tcpdump", "-i", networkInterface, "-U", "-n", "-s", "2048", "-w", "-"));
        String filter = config.filter();
        if (filter != null) {
            command.add(filter);
        }
        try {
            Process process = new ProcessBuilder(command).start();
            Thread messages = Programs.messages(process, "weir-tcpdump", line -> LOG.info("tcpdump: {}", line));
            if (process.waitFor(300, TimeUnit.MILLISECONDS)) {
                messages.join(1_000);
                throw new UnavailableException("pcap: tcpdump cannot capture on " + networkInterface
                        + ": it ended with " + process.exitValue() + ", the log says why; it needs CAP_NET_RAW");
            }
            return process;
        } catch (IOException e) {
            throw new UnavailableException("pcap: tcpdump cannot be run: " + e.getMessage()
                    + "; install it, or capture elsewhere and read the file");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("pcap: the start was interrupted while tcpdump was being looked for");
        }
    }

    /** Reads the next file, then the live capture; returns null if there is no more to read. */
    private @Nullable Duration readNext() {
        String path = paths.poll();
        if (path != null) {
            reading = path;
            try (InputStream in = Files.newInputStream(Path.of(path))) {
                read(path, in);
            } catch (IOException e) {
                problem(path, e.getMessage());
            }
            return Duration.ZERO;
        }
        Process process = tcpdump;
        if (process == null || isCaptureRead) {
            return null;
        }
        isCaptureRead = true;
        reading = "tcpdump";
        try (InputStream in = process.getInputStream()) {
            read(String.valueOf(config.networkInterface()), in);
        } catch (IOException e) {
            if (!closed) {
                problem(reading, e.getMessage());
            }
        }
        return null;
    }

    private void failed(Exception failure, Duration pause) {
        LOG.error("pcap: {}: reading failed by a defect of Weir; the rest of it is not read", reading, failure);
        problem(reading, failure.toString());
    }

    private synchronized void problem(String name, @Nullable String reason) {
        metrics.capturesDamaged.inc();
        String problem = name + ": " + reason + "; the packets before this point are used";
        problems.add(problem);
        LOG.error("pcap: {}", problem);
    }

    private void read(String name, InputStream raw) throws IOException {
        clock.restart();
        FlowTable table = new FlowTable(
                config.capacity(),
                null,
                pipeline::accept,
                reason -> metrics.packetsSkipped.labels(reason).inc(),
                evicted -> metrics.entriesEvicted.labels(evicted).inc());
        long packets = 0;
        try (CaptureReader capture = CaptureReader.of(raw)) {
            for (CaptureReader.Captured each = capture.read(); each != null && !closed; each = capture.read()) {
                packets++;
                Packet packet = Packet.read(each.link(), each.bytes());
                if (packet == null) {
                    metrics.packetsSkipped.labels("not_ip").inc();
                    continue;
                }
                metrics.packets.inc();
                clock.advance(each.timeMs());
                boolean hasInterface = packet.networkInterface() != 0 || each.networkInterface() == 0;
                table.take(hasInterface ? packet : packet.seenOn(each.networkInterface()), each.timeMs());
                if (packets % EXPIRE_EVERY == 0) {
                    table.expire();
                    pipeline.tick();
                }
            }
        } finally {
            table.flush();
            pipeline.flush();
            LOG.info("pcap: read {} packets of {}", packets, name);
        }
    }
}
