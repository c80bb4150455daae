package dev.weir.ingest.collector.datagrams;

import dev.weir.common.Backoff;
import dev.weir.common.Worker;
import dev.weir.common.config.UnavailableException;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.collector.CollectorSetup;
import dev.weir.ingest.collector.CollectorType;
import dev.weir.ingest.format.LineFormat;
import dev.weir.ingest.format.LineFormats;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.RecordCounts;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads datagrams that hold a line of a format each, as rsyslog and Fluent Bit send them by UDP. */
public final class DatagramsCollector implements Collector {
    public static final String KIND = "datagrams";

    public static final CollectorType<DatagramsConfig> TYPE = CollectorType.of(
            KIND,
            "Lines of a format, one in each UDP datagram.",
            DatagramsConfig.class,
            DatagramsCollector::of,
            (checks, config) -> {
                if (config.enabled()) {
                    checks.udp(KIND, config.host(), config.port(), "ingest.datagrams.port");
                }
            });

    private static final Logger LOG = LoggerFactory.getLogger(DatagramsCollector.class);
    private static final int LONGEST = 65_535;
    /** The time after which halves of connections that wait are looked at, without a datagram too. */
    private static final int TICK_MS = 200;

    private final DatagramsConfig config;
    private final FlowPipeline pipeline;
    private final RecordCounts counts;
    private final LineFormat.Reader reader;
    private final Worker worker;
    private final byte[] buffer = new byte[LONGEST];
    private @Nullable DatagramSocket socket;

    DatagramsCollector(DatagramsConfig config, CollectorSetup setup) {
        this.config = config;
        this.pipeline = setup.dropping(KIND);
        this.counts = new RecordCounts(KIND, setup.metrics(), LOG);
        this.reader = Objects.requireNonNull(LineFormats.named(config.format())).reader();
        this.worker = new Worker(
                "weir-datagrams",
                this::receive,
                Backoff.constant(Duration.ofSeconds(1)),
                (failure, pause) -> LOG.error("datagrams: cannot receive; next attempt in {}", pause, failure));
    }

    private static @Nullable Collector of(CollectorSetup setup, DatagramsConfig config) {
        return config.enabled() ? new DatagramsCollector(config, setup) : null;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public void start() {
        try {
            DatagramSocket open = new DatagramSocket(new InetSocketAddress(config.host(), config.port()));
            open.setSoTimeout(TICK_MS);
            socket = open;
            LOG.info("datagrams: listening on UDP {}:{}", config.host(), open.getLocalPort());
        } catch (IOException e) {
            throw new UnavailableException("datagrams: cannot listen on UDP " + config.host() + ":" + config.port()
                    + ": " + e.getMessage() + "; choose another with ingest.datagrams.port");
        }
        worker.start();
    }

    /** Returns the port that the collector listens on. */
    int port() {
        return Objects.requireNonNull(socket).getLocalPort();
    }

    @Override
    public void close() {
        worker.close();
        if (socket != null) {
            socket.close();
        }
        pipeline.flush();
    }

    private Duration receive() throws IOException {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        try {
            Objects.requireNonNull(socket).receive(packet);
            read(Arrays.copyOf(packet.getData(), packet.getLength()));
        } catch (SocketTimeoutException e) {
            LOG.trace("no datagram within {} ms", TICK_MS);
        }
        pipeline.tick();
        return Duration.ZERO;
    }

    private void read(byte[] line) {
        try {
            Flow flow = reader.read(line);
            if (flow == null) {
                counts.skipped(config.format());
            } else {
                pipeline.accept(flow);
            }
        } catch (InvalidRecordException e) {
            counts.rejected(config.format(), "datagrams: " + e.getMessage());
        }
    }
}
