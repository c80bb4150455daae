package dev.weir.ingest.collector.netflow;

import dev.weir.common.config.ConfigException;
import dev.weir.common.config.UnavailableException;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.collector.CollectorChecks;
import dev.weir.ingest.collector.CollectorSetup;
import dev.weir.ingest.collector.CollectorType;
import dev.weir.ingest.pipeline.FlowPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for NetFlow, IPFIX and sFlow over UDP and, if configured, for IPFIX over TCP. Each socket has a decoder of
 * its own; the kernel assigns all datagrams of one exporter's socket to the same one.
 */
public final class NetflowCollector implements Collector {
    public static final String KIND = "netflow";

    public static final CollectorType<NetflowConfig> TYPE = CollectorType.of(
            KIND,
            "NetFlow v5 and v9, IPFIX and sFlow over UDP, IPFIX over TCP and TLS.",
            NetflowConfig.class,
            NetflowCollector::of,
            NetflowCollector::check);

    private static final Logger LOG = LoggerFactory.getLogger(NetflowCollector.class);
    private static final long TICK_MS = 200;
    private static final long DROPS_MS = 2_000;

    private final NetflowConfig config;
    private final FlowPipeline pipeline;
    private final InstantSource clock;
    private final IngestMetrics metrics;
    private final List<UdpSocket> sockets = new ArrayList<>();
    private final @Nullable InterNode interNode;
    private final KernelDrops drops = new KernelDrops();
    private @Nullable EventLoopGroup group;
    private @Nullable IpfixTcp tcp;
    private int port;

    /**
     * Creates the collector; it listens from {@link #start()} on.
     *
     * @param correlate true to join records that name one end each into one flow
     */
    public NetflowCollector(
            NetflowConfig config,
            boolean correlate,
            FlowPipeline pipeline,
            InstantSource clock,
            IngestMetrics metrics) {
        this.interNode = correlate ? new InterNode(metrics.entriesEvicted.labels("node_record")::inc) : null;
        this.config = config;
        this.pipeline = pipeline;
        this.clock = clock;
        this.metrics = metrics;
    }

    private static @Nullable Collector of(CollectorSetup setup, NetflowConfig config) {
        return config.enabled()
                ? new NetflowCollector(config, true, setup.dropping(KIND), setup.clock(), setup.metrics())
                : null;
    }

    private static void check(CollectorChecks checks, NetflowConfig config) {
        if (config.enabled()) {
            checks.udp(KIND, config.host(), config.port(), "ingest.netflow.port");
        }
        NetflowTcpConfig tcp = config.tcp();
        if (tcp.enabled()) {
            checks.tcp(KIND, config.host(), tcp.port(), "ingest.netflow.tcp.port");
            if (checks.file("ingest.netflow.tcp.certificate", tcp.certificate())
                    & checks.file("ingest.netflow.tcp.key", tcp.key())
                    & checks.file("ingest.netflow.tcp.client_ca", tcp.clientCa())) {
                checks.check(() -> ExporterTls.checkFiles(tcp));
            }
        }
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public void start() {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(config.sockets(), NioIoHandler.newFactory());
        group = loops;
        port = config.port();
        for (int i = 0; i < config.sockets(); i++) {
            UdpSocket socket = new UdpSocket(config, interNode, pipeline, clock, metrics);
            sockets.add(socket);
            try {
                // The other sockets share the port that the first was given.
                port = socket.open(loops, port);
            } catch (UnavailableException e) {
                close();
                throw e;
            }
            warnOfSmallBuffer(socket.receiveBuffer());
        }
        var unusedTick = loops.scheduleAtFixedRate(() -> guarded(this::tick), TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
        var unusedDrops =
                loops.scheduleAtFixedRate(() -> guarded(this::countDrops), 0, DROPS_MS, TimeUnit.MILLISECONDS);
        LOG.info(
                "netflow: listening on UDP {}:{} with {} {}",
                config.host(),
                port,
                config.sockets(),
                config.sockets() == 1 ? "socket" : "sockets");
        NetflowTcpConfig stream = config.tcp();
        if (stream.enabled()) {
            IpfixTcp listener = new IpfixTcp(stream, config, interNode, pipeline, clock, metrics);
            tcp = listener;
            try {
                listener.start();
            } catch (UnavailableException | ConfigException e) {
                close();
                throw e;
            }
        }
    }

    /** Returns the UDP port of the listener. */
    public int port() {
        if (sockets.isEmpty()) {
            throw new IllegalStateException("not started");
        }
        return port;
    }

    /** Returns the TCP port of the listener; null if it is switched off. */
    public @Nullable Integer tcpPort() {
        return tcp == null ? null : (Integer) tcp.port();
    }

    @Override
    public void close() {
        EventLoopGroup loops = group;
        if (loops == null) {
            return;
        }
        group = null;
        if (tcp != null) {
            tcp.close();
        }
        sockets.forEach(UdpSocket::close);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        if (interNode != null) {
            interNode.expire(Long.MAX_VALUE, pipeline::accept);
        }
        pipeline.flush();
    }

    private void warnOfSmallBuffer(int bytes) {
        // Linux doubles the requested size for its own needs, and reports the double.
        if (bytes < config.receiveBuffer()) {
            LOG.warn(
                    "netflow: the kernel buffers only {} of {} bytes and drops datagrams sooner; sysctl -w net.core.rmem_max={} raises its limit",
                    bytes,
                    config.receiveBuffer(),
                    config.receiveBuffer());
        }
    }

    private void tick() {
        long now = clock.millis();
        if (interNode != null) {
            interNode.expire(now, pipeline::accept);
        }
        pipeline.tick();
    }

    private void countDrops() {
        metrics.datagramsDropped.labels("socket_buffer", IngestMetrics.OTHER).inc(drops.since(port));
    }

    /** Catches exceptions, since a scheduled task that throws is never run again. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("netflow: the housekeeping failed; next attempt at the next interval", e);
        }
    }
}
