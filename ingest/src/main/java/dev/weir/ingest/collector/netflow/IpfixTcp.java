package dev.weir.ingest.collector.netflow;

import dev.weir.common.Ip;
import dev.weir.common.config.UnavailableException;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.netflow.OpenConnections.Reason;
import dev.weir.ingest.pipeline.FlowPipeline;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives IPFIX over TCP or TLS. Templates live as long as the connection that brought them. A message that
 * contradicts itself ends its connection, as RFC 7011 requires, since nothing after it can be trusted. So does a
 * message that is not complete in time.
 */
final class IpfixTcp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IpfixTcp.class);
    private static final int WHOLE_SECONDS = 10;
    private static final long IDLE_MINUTES = 30;

    private final NetflowTcpConfig config;
    private final NetflowConfig netflow;
    private final @Nullable InterNode interNode;
    private final FlowPipeline pipeline;
    private final InstantSource clock;
    private final IngestMetrics metrics;
    private final int wholeSeconds;
    private final OpenConnections connections;
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private @Nullable Channel channel;

    IpfixTcp(
            NetflowTcpConfig config,
            NetflowConfig netflow,
            @Nullable InterNode interNode,
            FlowPipeline pipeline,
            InstantSource clock,
            IngestMetrics metrics) {
        this(config, netflow, interNode, pipeline, clock, metrics, WHOLE_SECONDS);
    }

    /**
     * Creates the receiver; it listens after it is opened.
     *
     * @param wholeSeconds time from the first byte of a message until it must be complete
     */
    IpfixTcp(
            NetflowTcpConfig config,
            NetflowConfig netflow,
            @Nullable InterNode interNode,
            FlowPipeline pipeline,
            InstantSource clock,
            IngestMetrics metrics,
            int wholeSeconds) {
        this.config = config;
        this.wholeSeconds = wholeSeconds;
        this.connections = new OpenConnections(config.maxConnections(), config.connectionsPerAddress());
        this.netflow = netflow;
        this.interNode = interNode;
        this.pipeline = pipeline;
        this.clock = clock;
        this.metrics = metrics;
    }

    void start() {
        SslContext tls = ExporterTls.context(config);
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel accepted) {
                        accept(accepted, tls);
                    }
                })
                .bind(netflow.host(), config.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            close();
            throw new UnavailableException("netflow: cannot listen on TCP " + netflow.host() + ":" + config.port()
                    + ": " + bound.cause().getMessage() + "; choose another with ingest.netflow.tcp.port");
        }
        channel = bound.channel();
        LOG.info("netflow: listening on TCP {}:{}{}", netflow.host(), port(), tls == null ? "" : " with TLS");
    }

    int port() {
        Channel open = channel;
        if (open == null) {
            throw new IllegalStateException("not started");
        }
        return ((InetSocketAddress) open.localAddress()).getPort();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private void accept(SocketChannel accepted, @Nullable SslContext tls) {
        InetAddress address = accepted.remoteAddress().getAddress();
        Reason refused = connections.opened(address);
        if (refused == null) {
            admit(accepted, address, tls);
        } else {
            close(accepted, refused);
        }
    }

    private void admit(SocketChannel accepted, InetAddress address, @Nullable SslContext tls) {
        accepted.closeFuture().addListener(closed -> connections.closed(address));
        if (tls != null) {
            SslHandler handler = tls.newHandler(accepted.alloc());
            handler.setHandshakeTimeout(wholeSeconds, TimeUnit.SECONDS);
            accepted.pipeline().addLast(handler);
        }
        accepted.pipeline()
                .addLast(new IdleStateHandler(IDLE_MINUTES, 0, 0, TimeUnit.MINUTES))
                .addLast(new IpfixFrames(wholeSeconds))
                .addLast(new Messages(Ip.toText(address.getAddress())));
    }

    private void close(Channel open, Reason reason) {
        metrics.netflowConnectionsClosed.labels(reason.id()).inc();
        var unused = open.close();
    }

    private final class Messages extends SimpleChannelInboundHandler<ByteBuf> {
        private final String exporter;
        private final NetflowReceiver receiver =
                new NetflowReceiver(netflow, interNode, NetflowReceiver.Transport.CONNECTION, metrics);

        Messages(String exporter) {
            this.exporter = exporter;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
            if (!context.channel().isOpen()) {
                // The message arrived together with one that has closed the connection.
                return;
            }
            long now = clock.millis();
            receiver.expire(now);
            if (!receiver.receive(exporter, 0, message, now, pipeline::accept)) {
                close(context.channel(), Reason.MALFORMED);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof IdleStateEvent) {
                close(context.channel(), Reason.IDLE);
            } else if (event == IpfixFrames.Event.SLOW || isHandshakeSlow(event)) {
                close(context.channel(), Reason.SLOW);
            }
        }

        private boolean isHandshakeSlow(Object event) {
            return event instanceof SslHandshakeCompletionEvent handshake
                    && handshake.cause() instanceof SslHandshakeTimeoutException;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            metrics.datagramsRejected.labels(metrics.exporter(exporter)).inc();
            LOG.warn(
                    "netflow: closing the connection from {}, since reading it failed: {}", exporter, cause.toString());
            if (cause instanceof DecoderException) {
                close(context.channel(), Reason.MALFORMED);
            } else {
                // The exporter, or the network, has closed the connection.
                var unused = context.close();
            }
        }
    }
}
