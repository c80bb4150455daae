package dev.weir.ingest.collector.netflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads records field by field, without sets and messages around them. */
class RecordReaderTest {
    private static final long EXPORT_MS = 1_790_000_000_000L;
    private static final int TCP = 6;

    private final ExporterState state = new ExporterState();

    @Test
    void recordWithoutAddressesIsNoFlow() {
        RecordReader record = new RecordReader(EXPORT_MS, null, state);
        field(record, Element.BYTES, 8, 10);
        assertThat(record.flow()).isNull();
        field(record, Element.SOURCE_IPV4, 4, 0x0a000001);
        assertThat(record.flow()).isNull();
    }

    @Test
    void addressOfTheWrongLengthIsIgnored() {
        RecordReader record = new RecordReader(EXPORT_MS, null, state);
        field(record, Element.SOURCE_IPV4, 8, 0x0a000001);
        field(record, Element.DESTINATION_IPV4, 4, 0x0a000002);
        assertThat(record.flow()).isNull();
    }

    @Test
    void unspecifiedIpv4AddressesYieldToIpv6() {
        RecordReader record = new RecordReader(EXPORT_MS, null, state);
        field(record, Element.SOURCE_IPV4, 4, 0);
        field(record, Element.DESTINATION_IPV4, 4, 0);
        record.read(standard(Element.SOURCE_IPV6, 16), bytes("fd000000000000000000000000000001"));
        record.read(standard(Element.DESTINATION_IPV6, 16), bytes("fd000000000000000000000000000002"));
        assertThat(flow(record).sourceIp()).isEqualTo("fd00::1");
        assertThat(flow(record).destinationIp()).isEqualTo("fd00::2");
    }

    @Test
    void counterOfTheHighestRankCounts() {
        RecordReader record = ends(null);
        field(record, Element.OUT_BYTES, 4, 1);
        field(record, Element.TOTAL_BYTES, 4, 2);
        assertThat(flow(record).bytes()).isEqualTo(2);
        field(record, Element.BYTES, 8, 3);
        field(record, Element.BYTES, 8, 4);
        field(record, Element.INITIATOR_BYTES, 8, 5);
        assertThat(flow(record).bytes()).isEqualTo(3);
    }

    @Test
    void reducedSizeEncodingKeepsTheValue() {
        RecordReader record = ends(null);
        field(record, Element.BYTES, 3, 0x01_0203);
        field(record, Element.PACKETS, 1, 0xff);
        assertThat(flow(record).bytes()).isEqualTo(0x01_0203);
        assertThat(flow(record).packets()).isEqualTo(255);
        assertThat(RecordReader.number(bytes("ff0102030405060708"))).isEqualTo(0x0102030405060708L);
        assertThat(RecordReader.number(Unpooled.EMPTY_BUFFER)).isZero();
    }

    @Test
    void reverseElementsAreTheDestinations() {
        RecordReader record = ends(null);
        field(record, Element.BYTES, 4, 10);
        record.read(new FlowTemplate.Field(Element.REVERSE_ENTERPRISE, Element.BYTES, 4), value(4, 20));
        record.read(new FlowTemplate.Field(Element.REVERSE_ENTERPRISE, Element.TCP_FLAGS, 1), value(1, 0x12));
        assertThat(flow(record).bytes()).isEqualTo(10);
        assertThat(flow(record).reverseBytes()).isEqualTo(20);
        assertThat(flow(record).reverseTcpFlags()).isEqualTo(0x12);
    }

    @Test
    void uptimeSurvivesItsWrap() {
        RecordReader record = ends(5L);
        field(record, Element.START_UPTIME, 4, 0xffff_fff0L);
        field(record, Element.END_UPTIME, 4, 1);
        assertThat(flow(record).startMs()).isEqualTo(EXPORT_MS - 21);
        assertThat(flow(record).endMs()).isEqualTo(EXPORT_MS - 4);
    }

    @Test
    void uptimeInIpfixNeedsTheSystemsStart() {
        RecordReader record = ends(null);
        field(record, Element.START_UPTIME, 4, 7_000);
        assertThat(flow(record).startMs()).isNull();
        field(record, Element.SYSTEM_INIT, 8, EXPORT_MS - 10_000);
        assertThat(flow(record).startMs()).isEqualTo(EXPORT_MS - 3_000);
        assertThat(state.systemInitMs()).isEqualTo(EXPORT_MS - 10_000);
    }

    @Test
    void ntpTimesAreMilliseconds() {
        RecordReader record = ends(null);
        field(record, Element.START_NANOSECONDS, 8, 2_208_988_801L << 32 | 1L << 31);
        field(record, Element.END_DELTA_MICROSECONDS, 4, 1_500);
        assertThat(flow(record).startMs()).isEqualTo(1_500);
        assertThat(flow(record).endMs()).isEqualTo(EXPORT_MS - 2);
    }

    @ParameterizedTest
    @CsvSource({"1, false", "2, true", "0, ", "3, "})
    void biflowDirectionDecidesWhichEndAnswers(int direction, @Nullable Boolean isReply) {
        RecordReader record = ends(null);
        field(record, Element.BIFLOW_DIRECTION, 1, direction);
        assertThat(flow(record).isReply()).isEqualTo(isReply);
    }

    @Test
    void optionsRecordSetsTheSamplersRate() {
        RecordReader options = new RecordReader(EXPORT_MS, null, state);
        field(options, Element.SELECTOR_ID, 4, 9);
        field(options, Element.SAMPLING_PACKET_INTERVAL, 4, 10);
        field(options, Element.SAMPLING_PACKET_SPACE, 4, 990);
        options.learnSampling();
        RecordReader sampled = ends(null);
        field(sampled, Element.SELECTOR_ID, 4, 9);
        assertThat(flow(sampled).sampling()).isEqualTo(100);
        RecordReader own = ends(null);
        field(own, Element.SELECTOR_ID, 4, 9);
        field(own, Element.SAMPLING_INTERVAL, 4, 7);
        assertThat(flow(own).sampling()).isEqualTo(7);
    }

    @Test
    void unknownElementsAreIgnored() {
        RecordReader record = ends(null);
        ExportedFlow before = record.flow();
        field(record, 9_999, 4, 1);
        record.read(new FlowTemplate.Field(12_345, Element.BYTES, 4), value(4, 1));
        assertThat(record.flow()).isEqualTo(before);
    }

    @Test
    void pointNamesInterfacesAndDirection() {
        RecordReader record = ends(null);
        assertThat(flow(record).point()).isNull();
        field(record, Element.INGRESS_INTERFACE, 2, 3);
        field(record, Element.EGRESS_INTERFACE, 2, 4);
        field(record, Element.FLOW_DIRECTION, 1, 1);
        assertThat(flow(record).point()).isEqualTo("3>4 1");
    }

    private RecordReader ends(@Nullable Long uptimeMs) {
        RecordReader record = new RecordReader(EXPORT_MS, uptimeMs, state);
        field(record, Element.SOURCE_IPV4, 4, 0x0a000001);
        field(record, Element.DESTINATION_IPV4, 4, 0x0a000002);
        field(record, Element.PROTOCOL, 1, TCP);
        return record;
    }

    private static ExportedFlow flow(RecordReader record) {
        return Objects.requireNonNull(record.flow());
    }

    private static void field(RecordReader record, int element, int length, long value) {
        record.read(standard(element, length), value(length, value));
    }

    private static FlowTemplate.Field standard(int element, int length) {
        return new FlowTemplate.Field(0, element, length);
    }

    private static ByteBuf value(int length, long value) {
        return Unpooled.buffer().writeLong(value).slice(8 - length, length);
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
    }
}
