package dev.weir.ingest.collector.netflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.netflow.NetflowReceiver.Transport;
import dev.weir.ingest.pipeline.FlowClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.model.Flow;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.prometheus.client.CollectorRegistry;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Checks the state of a transport session, and the datagrams left when a socket closes. */
class TransportSessionTest {
    private static final int EXPORT_S = 1_790_000_000;
    private static final NetflowConfig CONFIG =
            new NetflowConfig(true, "127.0.0.1", 0, null, null, null, Duration.ofSeconds(60), null, null);

    private final CollectorRegistry registry = new CollectorRegistry();
    private final IngestMetrics metrics = new IngestMetrics(registry);
    private final NetflowReceiver receiver = new NetflowReceiver(CONFIG, null, Transport.DATAGRAMS, metrics);

    @Test
    void secondSenderOfAnAddressReplacesNoTemplate() {
        receive(receiver, 4001, message(template(8, 12)));
        receive(receiver, 4002, message(template(12, 8)));
        List<Flow> flows = receive(receiver, 4001, message(data()));
        assertThat(flows)
                .singleElement()
                .satisfies(flow -> assertThat(flow.source().ip()).isEqualTo("10.0.0.1"));
        assertThat(conflicts()).isEqualTo(1);
        assertThat(receive(receiver, 4002, message(data())))
                .singleElement()
                .satisfies(flow -> assertThat(flow.source().ip()).isEqualTo("10.0.0.2"));
    }

    @Test
    void sameTemplateFromTwoPortsIsNoConflict() {
        receive(receiver, 4001, message(template(8, 12)));
        receive(receiver, 4002, message(template(8, 12)));
        receive(receiver, 4001, message(template(8, 12)));
        assertThat(conflicts()).isZero();
    }

    @Test
    void withdrawalCountsOverConnectionsOnly() {
        ByteBuf withdrawal = Unpooled.buffer().writeShort(300).writeShort(0);
        for (Transport transport : Transport.values()) {
            NetflowReceiver other =
                    new NetflowReceiver(CONFIG, null, transport, new IngestMetrics(new CollectorRegistry()));
            receive(other, 4001, message(template(8, 12)));
            receive(other, 4001, message(set(2, withdrawal.copy())));
            assertThat(receive(other, 4001, message(data()))).hasSize(transport == Transport.DATAGRAMS ? 1 : 0);
        }
    }

    @Test
    void closingSocketReadsTheKernelsBuffer() throws Exception {
        int sent = 300;
        AtomicInteger taken = new AtomicInteger();
        FlowPipeline pipeline = new FlowPipeline(
                "netflow",
                FlowStages.NONE,
                FlowClock.arrival(InstantSource.system()),
                (collector, flow) -> taken.incrementAndGet() > 0,
                metrics);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (DatagramSocket sender = new DatagramSocket()) {
            UdpSocket socket = new UdpSocket(CONFIG, null, pipeline, InstantSource.system(), metrics);
            int port = socket.open(loops, 0);
            CountDownLatch busy = new CountDownLatch(1);
            var unused = loops.submit(() -> {
                busy.await();
                return null;
            });
            InetAddress loopback = InetAddress.getLoopbackAddress();
            for (int i = 0; i < sent; i++) {
                byte[] bytes = bytes(message(i == 0 ? template(8, 12) : data()));
                sender.send(new DatagramPacket(bytes, bytes.length, loopback, port));
            }
            Thread closing = new Thread(socket::close);
            closing.start();
            busy.countDown();
            closing.join();
            assertThat(taken.get()).isEqualTo(sent - 1);
        } finally {
            loops.shutdownGracefully().syncUninterruptibly();
        }
    }

    @Test
    void datagramAfterADefectIsDecoded() throws Exception {
        AtomicInteger taken = new AtomicInteger();
        FlowPipeline pipeline = new FlowPipeline(
                "netflow",
                FlowStages.NONE,
                FlowClock.arrival(InstantSource.system()),
                (collector, flow) -> {
                    if (taken.incrementAndGet() == 2) {
                        throw new IllegalStateException("a failure of the second flow");
                    }
                    return true;
                },
                metrics);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        UdpSocket socket = new UdpSocket(CONFIG, null, pipeline, InstantSource.system(), metrics);
        try (DatagramSocket sender = new DatagramSocket()) {
            int port = socket.open(loops, 0);
            for (int i = 0; i < 5; i++) {
                byte[] bytes = bytes(message(i == 0 ? template(8, 12) : data()));
                sender.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
            }
            await().until(() -> taken.get() == 4);
        } finally {
            socket.close();
            loops.shutdownGracefully().syncUninterruptibly();
        }
        assertThat(registry.getSampleValue(
                        "weir_ingest_datagrams_dropped_total",
                        new String[] {"reason", "exporter"},
                        new String[] {"defect", "127.0.0.1"}))
                .isEqualTo(1);
    }

    private double conflicts() {
        Double value = registry.getSampleValue(
                "weir_ingest_netflow_template_conflicts_total", new String[] {"exporter"}, new String[] {"192.0.2.1"});
        return value == null ? 0 : value;
    }

    private static List<Flow> receive(NetflowReceiver receiver, int port, ByteBuf message) {
        List<Flow> flows = new ArrayList<>();
        receiver.receive("192.0.2.1", port, message, 0, (flow, point) -> flows.add(flow));
        return flows;
    }

    private static ByteBuf template(int first, int second) {
        ByteBuf body = Unpooled.buffer().writeShort(300).writeShort(3);
        body.writeShort(first)
                .writeShort(4)
                .writeShort(second)
                .writeShort(4)
                .writeShort(4)
                .writeShort(1);
        return set(2, body);
    }

    private static ByteBuf data() {
        return set(
                300, Unpooled.buffer().writeInt(0x0a000001).writeInt(0x0a000002).writeByte(6));
    }

    private static ByteBuf set(int id, ByteBuf body) {
        return Unpooled.buffer()
                .writeShort(id)
                .writeShort(4 + body.readableBytes())
                .writeBytes(body);
    }

    private static ByteBuf message(ByteBuf sets) {
        return Unpooled.buffer()
                .writeShort(10)
                .writeShort(16 + sets.readableBytes())
                .writeInt(EXPORT_S)
                .writeInt(0)
                .writeInt(0)
                .writeBytes(sets);
    }

    private static byte[] bytes(ByteBuf message) {
        byte[] bytes = new byte[message.readableBytes()];
        message.readBytes(bytes);
        return bytes;
    }
}
