package dev.weir.ingest.collector.netflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Receives IPFIX messages that are made here, so that their content is visible. */
class NetflowReceiverTest {
    private static final long EXPORT_S = 1_790_000_000L;
    private static final int TEMPLATE = 300;
    private static final int[][] FIELDS = {{8, 4}, {12, 4}, {7, 2}, {11, 2}, {4, 1}, {2, 4}, {1, 4}, {89, 1}};

    private final CollectorRegistry registry = new CollectorRegistry();
    private final NetflowReceiver receiver = new NetflowReceiver(
            new NetflowConfig(true, null, 0, null, null, null, Duration.ofSeconds(60), "c1", null),
            null,
            NetflowReceiver.Transport.DATAGRAMS,
            new IngestMetrics(registry));

    @Test
    void templateAndDataMakeAFlow() {
        assertThat(receive(message(0, template()), 0)).isEmpty();
        List<Flow> flows = receive(message(0, data(80, 128)), 0);
        assertThat(flows).singleElement().satisfies(flow -> {
            assertThat(flow.source().ip()).isEqualTo("10.0.0.1");
            assertThat(flow.destination().port()).isEqualTo(80);
            assertThat(flow.protocol()).isEqualTo("TCP");
            assertThat(flow.source().packets()).isEqualTo(3);
            assertThat(flow.source().bytes()).isEqualTo(180);
            assertThat(flow.verdict()).isEqualTo(Verdict.DROPPED);
            assertThat(flow.cluster()).isEqualTo("c1");
            assertThat(flow.endMs()).isEqualTo(EXPORT_S * 1000);
        });
    }

    @Test
    void dataWithoutTemplateWaitsAndIsCounted() {
        assertThat(receive(message(0, data(80, 64)), 0)).isEmpty();
        assertThat(receive(message(1, template()), 10)).hasSize(1);
        receiver.expire(100_000);
        assertThat(value("weir_ingest_netflow_sets_lost_total")).isZero();

        NetflowReceiver other = new NetflowReceiver(
                new NetflowConfig(true, null, 0, null, null, null, Duration.ofSeconds(60), null, null),
                null,
                NetflowReceiver.Transport.DATAGRAMS,
                new IngestMetrics(new CollectorRegistry()));
        assertThat(receive(other, "192.0.2.2", message(0, data(80, 64)), 0)).isEmpty();
        receive(message(1, set(999, new byte[20])), 20);
        receiver.expire(59_000);
        assertThat(value("weir_ingest_netflow_sets_lost_total")).isZero();
        receiver.expire(60_020);
        assertThat(value("weir_ingest_netflow_sets_lost_total")).isEqualTo(1);
    }

    @Test
    void templatesBelongToTheirExporter() {
        receive(message(0, template()), 0);
        assertThat(receive(receiver, "192.0.2.9", message(0, data(80, 64)), 0)).isEmpty();
    }

    @Test
    void biflowHasItsOpener() {
        ByteBuf fields = Unpooled.buffer().writeShort(500).writeShort(7);
        for (int[] field : new int[][] {{8, 4}, {12, 4}, {7, 2}, {11, 2}, {4, 1}, {231, 4}, {239, 1}}) {
            fields.writeShort(field[0]).writeShort(field[1]);
        }
        receive(message(0, set(2, bytes(fields))), 0);
        Boolean[] expected = {null, false, true, null};
        for (int direction = 0; direction < expected.length; direction++) {
            ByteBuf nfs = Unpooled.buffer()
                    .writeBytes(new byte[] {10, 0, 0, 1, 10, 0, 0, 2})
                    .writeShort(700)
                    .writeShort(2049)
                    .writeByte(6)
                    .writeInt(5)
                    .writeByte(direction);
            assertThat(receive(message(direction, set(500, bytes(nfs))), 0))
                    .extracting(Flow::isReply)
                    .containsExactly(expected[direction]);
        }
    }

    @Test
    void gapsInTheSequenceAreCounted() {
        receive(message(0, template()), 0);
        receive(message(0, data(80, 64)), 0);
        receive(message(6, data(80, 64)), 0);
        assertThat(registry.getSampleValue(
                        "weir_ingest_netflow_sequence_gap_total",
                        new String[] {"version", "exporter"},
                        new String[] {"10", "192.0.2.1"}))
                .isEqualTo(5);
    }

    @Test
    void antreasRecordsOfBothNodesBecomeOneFlow() {
        InterNode interNode = new InterNode(() -> {});
        NetflowReceiver antrea = new NetflowReceiver(
                new NetflowConfig(true, null, 0, null, null, null, null, null, null),
                interNode,
                NetflowReceiver.Transport.DATAGRAMS,
                new IngestMetrics(new CollectorRegistry()));
        assertThat(receive(antrea, "n1", message(0, antreaTemplate(), antreaData("web-1", "", 100)), 0))
                .isEmpty();
        List<Flow> flows = receive(antrea, "n2", message(0, antreaTemplate(), antreaData("", "db-0", 90)), 1);
        assertThat(flows).singleElement().satisfies(flow -> {
            assertThat(flow.source().pod()).isEqualTo("web-1");
            assertThat(flow.destination().pod()).isEqualTo("db-0");
            assertThat(flow.destination().service()).isEqualTo("db");
            assertThat(flow.source().bytes()).isEqualTo(100);
            assertThat(flow.destination().bytes()).isEqualTo(7);
            assertThat(flow.reporter()).isEqualTo("n1,n2");
            assertThat(flow.verdict()).isEqualTo(Verdict.DROPPED);
            assertThat(flow.dropReason()).isEqualTo("POLICY_DENIED");
        });
        receive(antrea, "n1", message(1, antreaData("web-1", "", 100)), 0);
        List<Flow> alone = new ArrayList<>();
        interNode.expire(9_999, alone::add);
        assertThat(alone).isEmpty();
        interNode.expire(10_000, alone::add);
        assertThat(alone).hasSize(1);
    }

    @Test
    void recordOfOneEndBeyondTheBoundWaitsNoLonger() {
        int[] evicted = {0};
        InterNode interNode = new InterNode(() -> evicted[0]++);
        List<Flow> ready = new ArrayList<>();
        for (int i = 0; i < InterNode.CAPACITY + 2; i++) {
            Endpoint source = Endpoint.of("10." + i / 50_000 + ".0.1", i % 50_000);
            Flow flow = Flow.of(1, 1, source, Endpoint.of("10.0.0.2", 80), "TCP", Verdict.FORWARDED);
            interNode.take(flow, 0, ready::add);
        }
        assertThat(ready).hasSize(2);
        assertThat(evicted[0]).isEqualTo(2);
    }

    private static ByteBuf antreaTemplate() {
        ByteBuf body = Unpooled.buffer().writeShort(400).writeShort(11);
        for (int[] field : new int[][] {{8, 4}, {12, 4}, {7, 2}, {11, 2}, {4, 1}, {1, 8}}) {
            body.writeShort(field[0]).writeShort(field[1]);
        }
        body.writeShort(1 | 0x8000).writeShort(8).writeInt(29305);
        for (int[] field : new int[][] {{101, 0xffff}, {103, 0xffff}, {109, 0xffff}, {137, 1}}) {
            body.writeShort(field[0] | 0x8000).writeShort(field[1]).writeInt(56506);
        }
        body.setShort(2, 12);
        body.writeShort(139 | 0x8000).writeShort(1).writeInt(56506);
        return set(2, bytes(body));
    }

    private static ByteBuf antreaData(String source, String destination, long octets) {
        ByteBuf body = Unpooled.buffer()
                .writeBytes(new byte[] {10, 0, 0, 1, 10, 0, 0, 2})
                .writeShort(50_000)
                .writeShort(5432)
                .writeByte(6)
                .writeLong(octets)
                .writeLong(7);
        for (String text : List.of(source, destination, "shop/db:sql")) {
            body.writeByte(text.length()).writeCharSequence(text, StandardCharsets.UTF_8);
        }
        return set(400, bytes(body.writeByte(2).writeByte(destination.isEmpty() ? 0 : 2)));
    }

    @Test
    void corruptDatagramsAreRejected() {
        Random random = new Random(3);
        receive(message(0, template()), 0);
        byte[] good = bytes(message(0, template(), data(80, 64)));
        for (int i = 0; i < 1_000_000; i++) {
            byte[] bad = good.clone();
            for (int j = 0; j <= i % 5; j++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            receive(Unpooled.wrappedBuffer(bad, 0, random.nextInt(bad.length + 1)), i);
        }
        assertThat(registry.getSampleValue(
                        "weir_ingest_datagrams_rejected_total", new String[] {"exporter"}, new String[] {"192.0.2.1"}))
                .isPositive();
        receive(message(0, template()), 0);
        assertThat(receive(message(0, data(80, 64)), 0)).hasSize(1);
    }

    private List<Flow> receive(ByteBuf datagram, long nowMs) {
        return receive(receiver, "192.0.2.1", datagram, nowMs);
    }

    private static List<Flow> receive(NetflowReceiver receiver, String exporter, ByteBuf datagram, long nowMs) {
        List<Flow> flows = new ArrayList<>();
        receiver.receive(exporter, 4739, datagram, nowMs, (flow, point) -> flows.add(flow));
        return flows;
    }

    private double value(String name) {
        Double value = registry.getSampleValue(name);
        return value == null ? -1 : value;
    }

    static ByteBuf message(long sequence, ByteBuf... sets) {
        ByteBuf body = Unpooled.buffer();
        for (ByteBuf set : sets) {
            body.writeBytes(set);
        }
        return Unpooled.buffer()
                .writeShort(10)
                .writeShort(16 + body.readableBytes())
                .writeInt((int) EXPORT_S)
                .writeInt((int) sequence)
                .writeInt(1)
                .writeBytes(body);
    }

    static ByteBuf template() {
        return template(TEMPLATE);
    }

    static ByteBuf template(int id) {
        ByteBuf body = Unpooled.buffer().writeShort(id).writeShort(FIELDS.length);
        for (int[] field : FIELDS) {
            body.writeShort(field[0]).writeShort(field[1]);
        }
        return set(2, bytes(body));
    }

    static ByteBuf data(int port, int forwardingStatus) {
        ByteBuf body = Unpooled.buffer()
                .writeBytes(new byte[] {10, 0, 0, 1, 10, 0, 0, 2})
                .writeShort(50_000)
                .writeShort(port)
                .writeByte(6)
                .writeInt(3)
                .writeInt(180)
                .writeByte(forwardingStatus);
        return set(TEMPLATE, bytes(body));
    }

    private static ByteBuf set(int id, byte[] body) {
        return Unpooled.buffer().writeShort(id).writeShort(4 + body.length).writeBytes(body);
    }

    static byte[] bytes(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }
}
