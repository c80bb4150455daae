package dev.weir.ingest.collector.netflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Flow;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads single information elements, in messages of one template and one record. */
class IpfixElementsTest {
    private static final int EXPORT_S = 1_790_000_000;
    private static final int TCP = 6;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final NetflowReceiver receiver = new NetflowReceiver(
            new NetflowConfig(true, null, 0, null, null, null, Duration.ofSeconds(60), null, null),
            null,
            NetflowReceiver.Transport.DATAGRAMS,
            new IngestMetrics(registry));

    /** An element, its length in bytes, and its value. */
    private record Value(int element, int length, long value, int enterprise) {
        Value(int element, int length, long value) {
            this(element, length, value, 0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10, 1, 7, 0, 11, 0, ",
        "9, 1, 7, 0, 11, 0, ",
        "9, 1, 7, 0, 11, 2048, false",
        "10, 1, 7, 0, 11, 2048, ",
        "10, 1, 7, 0, 32, 0, true",
        "10, 1, 7, 0, 32, 2048, false",
        "10, 58, 7, 0, 139, 33024, true",
        "10, 1, 176, 8, 177, 0, false",
        "10, 1, 176, 0, 177, 0, true",
        "10, 58, 178, 128, 179, 0, false",
        "10, 58, 178, 129, 179, 0, true",
        "10, 1, 32, 2048, 139, 0, false",
        "10, 1, 176, 8, 178, 0, false",
        "10, 58, 32, 0, 139, 32768, false",
        "10, 1, 177, 1, 7, 0, ",
        "10, 1, 176, 8, 32, 0, false",
        "10, 1, 32, 0, 176, 8, false",
        "10, 1, 176, 0, 32, 2048, false",
        "10, 58, 139, 0, 178, 129, true",
        "9, 1, 32, 0, 11, 2048, false"
    })
    void icmpTypeIsReadOnlyWhereItIsGiven(
            int version, int protocol, int first, int value, int second, int other, Boolean reply) {
        Flow flow = receive(
                version,
                new Value(4, 1, protocol),
                new Value(first, 2, value),
                new Value(second, 2, other),
                new Value(2, 4, 1));
        assertThat(flow.isReply()).isEqualTo(reply);
        assertThat(flow.source().ip()).isEqualTo("10.0.0.1");
        assertThat(flow.source().port()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "9, 1, 11, 2, 0x0301",
        "10, 1, 32, 2, 0x0303",
        "10, 1, 32, 2, 0x0b00",
        "10, 58, 139, 2, 0x0104",
        "10, 58, 139, 2, 0x0200",
        "10, 1, 176, 1, 3",
        "10, 58, 178, 1, 1"
    })
    void icmpErrorIsRelatedToAnotherConnection(int version, int protocol, int element, int length, String type) {
        assertThat(all(version, new Value(4, 1, protocol), new Value(element, length, Long.decode(type))))
                .isEmpty();
        assertThat(registry.getSampleValue(
                        "weir_ingest_netflow_records_skipped_total", new String[] {"reason"}, new String[] {"icmp_error"
                        }))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"309, 4, 1, 310, 4, 1000, 1000", "309, 4, 2, 310, 4, 1000, 500", "305, 4, 1, 306, 4, 999, 1000"})
    void samplingFollowsSizeAndPopulation(
            int first, int length, long value, int second, int otherLength, long other, int oneOf) {
        Flow flow = receive(
                10,
                new Value(4, 1, TCP),
                new Value(first, length, value),
                new Value(second, otherLength, other),
                new Value(2, 4, 1));
        assertThat(flow.sampling()).isEqualTo(oneOf);
    }

    @Test
    void samplingFollowsProbability() {
        long bits = Double.doubleToLongBits(0.001);
        assertThat(receive(10, new Value(4, 1, TCP), new Value(311, 8, bits)).sampling())
                .isEqualTo(1000);
        long single = Integer.toUnsignedLong(Float.floatToIntBits(0.5f));
        assertThat(receive(10, new Value(4, 1, TCP), new Value(311, 4, single)).sampling())
                .isEqualTo(2);
        long wrong = Double.doubleToLongBits(-3);
        assertThat(receive(10, new Value(4, 1, TCP), new Value(311, 8, wrong)).sampling())
                .isNull();
    }

    @Test
    void portsOfTheProtocolsOwnElementsAreRead() {
        Flow udp = receive(10, new Value(4, 1, 17), new Value(180, 2, 40_000), new Value(181, 2, 53));
        assertThat(udp.source().port()).isEqualTo(40_000);
        assertThat(udp.destination().port()).isEqualTo(53);
        Flow tcp = receive(10, new Value(4, 1, TCP), new Value(182, 2, 40_001), new Value(183, 2, 443));
        assertThat(tcp.source().port()).isEqualTo(40_001);
        assertThat(tcp.destination().port()).isEqualTo(443);
    }

    @ParameterizedTest
    @CsvSource({
        "10, 6, 180, 181, 182, 183",
        "10, 6, 182, 183, 180, 181",
        "10, 6, 7, 11, 182, 183",
        "9, 6, 180, 181, 182, 183",
        "10, 17, 182, 183, 180, 181",
        "10, 17, 7, 11, 180, 181"
    })
    void templateHasPortsOfBothProtocolsThenItsOwnCount(
            int version, int protocol, int source, int destination, int ownSource, int ownDestination) {
        boolean isOwnFirst = source == (protocol == TCP ? 182 : 180);
        Flow flow = receive(
                version,
                new Value(source, 2, isOwnFirst ? 40_000 : 0),
                new Value(destination, 2, isOwnFirst ? 443 : 0),
                new Value(4, 1, protocol),
                new Value(ownSource, 2, isOwnFirst ? 0 : 40_000),
                new Value(ownDestination, 2, isOwnFirst ? 0 : 443),
                new Value(2, 4, 1));
        assertThat(flow.source().port()).isEqualTo(40_000);
        assertThat(flow.destination().port()).isEqualTo(443);
    }

    @Test
    void destinationIsTheOneAfterTranslation() {
        Flow flow = receive(
                10,
                new Value(4, 1, TCP),
                new Value(7, 2, 40_000),
                new Value(11, 2, 443),
                new Value(225, 4, 0xc6336407L),
                new Value(226, 4, 0x0a090909L),
                new Value(227, 2, 61_000),
                new Value(228, 2, 8443));
        assertThat(flow.source().ip()).isEqualTo("10.0.0.1");
        assertThat(flow.source().port()).isEqualTo(40_000);
        assertThat(flow.destination().ip()).isEqualTo("10.9.9.9");
        assertThat(flow.destination().port()).isEqualTo(8443);
        Flow untranslated = receive(
                10,
                new Value(4, 1, TCP),
                new Value(7, 2, 40_000),
                new Value(11, 2, 443),
                new Value(226, 4, 0),
                new Value(228, 2, 0));
        assertThat(untranslated.destination().ip()).isEqualTo("10.0.0.2");
        assertThat(untranslated.destination().port()).isEqualTo(443);
    }

    @Test
    void sourceThatSentNothingIsTurned() {
        Flow flow = receive(
                10,
                new Value(4, 1, 17),
                new Value(7, 2, 9999),
                new Value(11, 2, 40_000),
                new Value(1, 4, 0),
                new Value(2, 4, 0),
                new Value(1, 4, 84, 29305),
                new Value(2, 4, 1, 29305));
        assertThat(flow.source().ip()).isEqualTo("10.0.0.2");
        assertThat(flow.source().packets()).isEqualTo(1);
        assertThat(flow.source().port()).isEqualTo(40_000);
        assertThat(flow.destination().packets())
                .as("paired with the other half")
                .isNull();
        Flow declared = receive(
                10,
                new Value(4, 1, TCP),
                new Value(231, 4, 0),
                new Value(298, 4, 0),
                new Value(232, 4, 84),
                new Value(299, 4, 1));
        assertThat(declared.source().ip()).as("the exporter says who opened it").isEqualTo("10.0.0.1");
    }

    /** Reads a record that has the beginning of a packet and no addresses of its own. */
    @ParameterizedTest
    @CsvSource({"313, 0", "315, 14", "104, 14"})
    void packetSectionIsReadWithoutAddresses(int element, int before) {
        ByteBuf packet = Unpooled.buffer();
        if (before > 0) {
            packet.writeZero(12).writeShort(0x0800);
        }
        packet.writeInt(0x45000028)
                .writeInt(0)
                .writeInt(0x40060000)
                .writeInt(0x0a000105)
                .writeInt(0x0a000206);
        packet.writeShort(40_000)
                .writeShort(443)
                .writeLong(0)
                .writeShort(0x5002)
                .writeZero(6);
        ByteBuf template = Unpooled.buffer().writeShort(300).writeShort(1);
        template.writeShort(element).writeShort(packet.readableBytes());
        List<Flow> flows = message(10, template, packet);
        assertThat(flows).singleElement().satisfies(flow -> {
            assertThat(flow.source().ip()).isEqualTo("10.0.1.5");
            assertThat(flow.source().bytes()).isEqualTo(40);
            assertThat(flow.source().packets()).isEqualTo(1);
            assertThat(flow.source().tcpFlags()).isEqualTo(2);
            assertThat(flow.destination().ip()).isEqualTo("10.0.2.6");
            assertThat(flow.destination().port()).isEqualTo(443);
            assertThat(flow.protocol()).isEqualTo("TCP");
        });
    }

    private Flow receive(int version, Value... values) {
        List<Flow> flows = all(version, values);
        assertThat(flows).hasSize(1);
        return flows.get(0);
    }

    private List<Flow> all(int version, Value... values) {
        ByteBuf template = Unpooled.buffer().writeShort(300).writeShort(values.length + 2);
        template.writeShort(8).writeShort(4).writeShort(12).writeShort(4);
        ByteBuf data = Unpooled.buffer().writeInt(0x0a000001).writeInt(0x0a000002);
        for (Value value : values) {
            template.writeShort(value.element() | (value.enterprise() == 0 ? 0 : 0x8000))
                    .writeShort(value.length());
            if (value.enterprise() != 0) {
                template.writeInt(value.enterprise());
            }
            for (int i = value.length() - 1; i >= 0; i--) {
                data.writeByte((int) (value.value() >>> 8 * i));
            }
        }
        return message(version, template, data);
    }

    private List<Flow> message(int version, ByteBuf template, ByteBuf data) {
        ByteBuf sets = Unpooled.buffer();
        set(sets, version == 10 ? 2 : 0, template);
        set(sets, 300, data);
        ByteBuf message = Unpooled.buffer().writeShort(version);
        if (version == 10) {
            message.writeShort(16 + sets.readableBytes())
                    .writeInt(EXPORT_S)
                    .writeInt(0)
                    .writeInt(0);
        } else {
            message.writeShort(2)
                    .writeInt(100_000)
                    .writeInt(EXPORT_S)
                    .writeInt(0)
                    .writeInt(0);
        }
        List<Flow> flows = new ArrayList<>();
        receiver.receive("192.0.2.1", 4739, message.writeBytes(sets), 0, (flow, point) -> flows.add(flow));
        return flows;
    }

    private static void set(ByteBuf out, int id, ByteBuf body) {
        out.writeShort(id).writeShort(4 + body.readableBytes()).writeBytes(body);
    }
}
