package dev.weir.ingest.collector.netflow;

import dev.weir.common.Backoff;
import dev.weir.common.Ip;
import dev.weir.common.LogLimit;
import dev.weir.common.Worker;
import dev.weir.common.config.UnavailableException;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.pipeline.FlowPipeline;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One UDP socket, the worker that decodes its datagrams, and the decoder with its templates. */
final class UdpSocket {
    private static final Logger LOG = LoggerFactory.getLogger(UdpSocket.class);
    private static final int MAX_DATAGRAM = 65_535;
    private static final long TICK_MS = 200;
    private static final Backoff BACKOFF = Backoff.constant(Duration.ofMillis(TICK_MS));
    /** Number of datagrams that are decoded between two looks at the clock. */
    private static final int BATCH = 1_000;

    private static final int LOG_EVERY = 1_000;
    private static final long STOP_MS = 5_000;
    private static final long DRAIN_STEP_MS = 20;

    private final NetflowConfig config;
    private final FlowPipeline pipeline;
    private final InstantSource clock;
    private final IngestMetrics metrics;
    private final Datagrams datagrams;
    private final NetflowReceiver receiver;
    private final Worker worker;
    private final LogLimit defects = new LogLimit(LOG_EVERY);
    private @Nullable Channel channel;
    private long tickMs;
    private volatile boolean closed;
    /** Number of datagrams received from the kernel. */
    private volatile long received;

    UdpSocket(
            NetflowConfig config,
            @Nullable InterNode interNode,
            FlowPipeline pipeline,
            InstantSource clock,
            IngestMetrics metrics) {
        this.config = config;
        this.pipeline = pipeline;
        this.clock = clock;
        this.metrics = metrics;
        this.datagrams = new Datagrams(config.queue());
        this.receiver = new NetflowReceiver(config, interNode, NetflowReceiver.Transport.DATAGRAMS, metrics);
        this.worker = new Worker("weir-netflow", this::decode, BACKOFF, this::failed);
    }

    /**
     * Binds the socket and returns its port.
     *
     * @throws UnavailableException if the address cannot be bound
     */
    int open(EventLoopGroup loops, int port) {
        ChannelFuture bound = new Bootstrap()
                .group(loops)
                .channel(NioDatagramChannel.class)
                .option(ChannelOption.SO_RCVBUF, config.receiveBuffer())
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM))
                .option(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), config.sockets() > 1)
                .handler(new Handler())
                .bind(config.host(), port)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new UnavailableException("netflow: cannot listen on UDP " + config.host() + ":" + port + ": "
                    + bound.cause().getMessage() + "; choose another with ingest.netflow.host and ingest.netflow.port");
        }
        Channel open = bound.channel();
        channel = open;
        worker.start();
        return ((InetSocketAddress) open.localAddress()).getPort();
    }

    /** Returns the size of the kernel's buffer, in bytes. */
    int receiveBuffer() {
        return channel == null ? 0 : channel.config().getOption(ChannelOption.SO_RCVBUF);
    }

    /** Reads the datagrams left in the kernel, then decodes the queue, each for at most five seconds. */
    void close() {
        if (channel == null) {
            return;
        }
        drain(channel);
        channel.close().awaitUninterruptibly();
        closed = true;
        worker.awaitEnd(Duration.ofMillis(STOP_MS));
        worker.close(Duration.ZERO);
    }

    /**
     * Waits until the socket's thread finds nothing more to read. It reads at the beginning of each round, and a task
     * with a small delay runs in a later round.
     */
    private void drain(Channel open) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MS);
        long before;
        do {
            before = received;
            if (!open.eventLoop()
                    .schedule(() -> {}, DRAIN_STEP_MS, TimeUnit.MILLISECONDS)
                    .awaitUninterruptibly(STOP_MS)) {
                LOG.warn("netflow: closing the socket with unread datagrams, since its thread does not respond");
                return;
            }
        } while (received != before && System.nanoTime() < deadline);
    }

    /** Decodes datagrams; returns null if the socket is closed and none is left. */
    private @Nullable Duration decode() throws InterruptedException {
        Datagrams.Datagram next = datagrams.poll(TICK_MS);
        if (next == null && closed) {
            return null;
        }
        for (int decoded = 1; next != null; decoded++) {
            receive(next);
            next = decoded < BATCH ? datagrams.poll() : null;
        }
        long now = clock.millis();
        if (now - tickMs >= TICK_MS || now < tickMs) {
            tickMs = now;
            receiver.expire(now);
        }
        return Duration.ZERO;
    }

    private void failed(Exception failure, Duration pause) {
        defects.count(number -> LOG.error(
                "netflow: the housekeeping failed; defects so far: {}; next attempt in {} ms",
                number,
                pause.toMillis(),
                failure));
    }

    private void receive(Datagrams.Datagram next) {
        try {
            receiver.receive(
                    next.exporter(),
                    next.port(),
                    Unpooled.wrappedBuffer(next.content()),
                    next.receivedMs(),
                    pipeline::accept);
        } catch (RuntimeException e) {
            defects.count(number -> LOG.error(
                    "netflow: decoding a datagram from {} failed by a defect of Weir; its flows are lost; defects so far: {}",
                    next.exporter(),
                    number,
                    e));
            metrics.datagramsDropped
                    .labels("defect", metrics.exporter(next.exporter()))
                    .inc();
        }
    }

    private final class Handler extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            received++;
            String exporter = Ip.toText(packet.sender().getAddress().getAddress());
            int port = packet.sender().getPort();
            byte[] content = ByteBufUtil.getBytes(packet.content());
            if (!datagrams.offer(new Datagrams.Datagram(exporter, port, content, clock.millis()))) {
                metrics.datagramsDropped
                        .labels("queue_full", metrics.exporter(exporter))
                        .inc();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.error("netflow: reading the socket failed; next attempt with the next datagram", cause);
        }
    }
}
