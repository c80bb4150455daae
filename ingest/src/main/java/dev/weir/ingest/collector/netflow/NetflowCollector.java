package dev.weir.ingest.collector.netflow;

import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.enrichment.Enricher;
import dev.weir.ingest.orientation.Orienter;
import dev.weir.ingest.publish.FlowPublisher;
import dev.weir.model.Flow;
import dev.weir.model.Ip;
import dev.weir.model.config.UnavailableException;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for NetFlow and IPFIX over UDP. One thread does it all, so nothing in it is shared. */
public final class NetflowCollector implements Collector {
    public static final String KIND = "netflow";

    private static final Logger LOG = LoggerFactory.getLogger(NetflowCollector.class);
    private static final int MAX_DATAGRAM = 65_535;
    private static final long TICK_MS = 200;

    private final NetflowConfig config;
    private final Orienter orienter;
    private final Enricher enricher;
    private final FlowPublisher publisher;
    private final InstantSource clock;
    private final NetflowReceiver receiver;
    private @Nullable EventLoopGroup group;
    private @Nullable Channel channel;

    public NetflowCollector(
            NetflowConfig config,
            Orienter orienter,
            Enricher enricher,
            FlowPublisher publisher,
            InstantSource clock,
            IngestMetrics metrics) {
        this.config = config;
        this.orienter = orienter;
        this.enricher = enricher;
        this.publisher = publisher;
        this.clock = clock;
        this.receiver = new NetflowReceiver(config, metrics);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public void start() {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        group = loops;
        ChannelFuture bound = new Bootstrap()
                .group(loops)
                .channel(NioDatagramChannel.class)
                .option(ChannelOption.SO_RCVBUF, config.receiveBuffer())
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM))
                .handler(new Handler())
                .bind(config.host(), config.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            close();
            throw new UnavailableException("netflow: cannot listen on UDP " + config.host() + ":" + config.port() + ": "
                    + bound.cause().getMessage() + "; choose another with ingest.netflow.host and ingest.netflow.port");
        }
        channel = bound.channel();
        var unused = loops.scheduleAtFixedRate(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
        LOG.info("netflow: listening on UDP {}:{}", config.host(), port());
    }

    /** The port that it listens on. */
    public int port() {
        Channel open = channel;
        if (open == null) {
            throw new IllegalStateException("not started");
        }
        return ((InetSocketAddress) open.localAddress()).getPort();
    }

    @Override
    public void close() {
        EventLoopGroup loops = group;
        if (loops == null) {
            return;
        }
        group = null;
        if (channel != null) {
            channel.close().awaitUninterruptibly();
            loops.submit(() -> publish(orienter.flush())).awaitUninterruptibly();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private void tick() {
        try {
            receiver.expire(clock.millis());
            publish(orienter.due(clock.millis()));
        } catch (RuntimeException e) {
            // A task that throws is never run again.
            LOG.error("netflow: a defect in the housekeeping", e);
        }
    }

    private void publish(List<Flow> flows) {
        for (Flow flow : flows) {
            publisher.offer(KIND, enricher.enrich(flow));
        }
    }

    private final class Handler extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            long now = clock.millis();
            String exporter = Ip.toText(packet.sender().getAddress().getAddress());
            for (Flow flow : receiver.receive(exporter, packet.content(), now)) {
                publish(orienter.accept(flow, now));
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.error("netflow: a datagram could not be handled", cause);
        }
    }
}
