package dev.weir.model.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.CodedOutputStream;
import dev.weir.model.ConnectionOutcome;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.TcpFlags;
import dev.weir.model.Verdict;
import dev.weir.proto.v1.Direction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlowCodecTest {
    private static final String ENDS =
            "'source':{'ip':'10.0.1.5','port':51234},'destination':{'ip':'10.0.2.9','port':5432}";

    @Test
    void randomFlowsSurviveBothForms() {
        RandomFlows flows = new RandomFlows(20261122);
        for (int i = 0; i < 2_000; i++) {
            Flow flow = flows.next();
            assertThat(FlowCodec.decode(FlowJson.encode(flow))).isEqualTo(flow);
            assertThat(FlowCodec.decode(FlowProto.encode(flow))).isEqualTo(flow);
            assertThat(FlowCodec.peekTime(FlowJson.encode(flow))).isEqualTo(flow.endMs());
            assertThat(FlowCodec.peekTime(FlowProto.encode(flow))).isEqualTo(flow.endMs());
            assertThat(FlowCodec.peekStart(FlowJson.encode(flow))).isEqualTo(flow.startMs());
            assertThat(FlowCodec.peekStart(FlowProto.encode(flow))).isEqualTo(flow.startMs());
        }
    }

    @Test
    void cachedPartsEqualDecodedOnes() {
        RandomFlows flows = new RandomFlows(11);
        FlowDecoder decoder = new FlowDecoder();
        for (int i = 0; i < 2_000; i++) {
            Flow flow = flows.next();
            byte[] value = FlowProto.encode(flow);
            assertThat(decoder.decode(value)).isEqualTo(flow);
            assertThat(decoder.decode(FlowProto.encode(other(flow)))).isEqualTo(other(flow));
            assertThat(decoder.decode(value)).isEqualTo(flow);
        }
    }

    /** A different flow between the same names. */
    private static Flow other(Flow flow) {
        return flow.withEndpoints(
                flow.source().with("10.9.9.9", 1, 2L, null, 4),
                flow.destination().with("10.9.9.8", null, null, 7L, null));
    }

    @Test
    void cursorEqualsTheDecodedFlow() {
        RandomFlows flows = new RandomFlows(12);
        FlowDecoder decoder = new FlowDecoder();
        int recognised = 0;
        for (int i = 0; i < 2_000; i++) {
            Flow flow = flows.next();
            for (Flow each : List.of(flow, other(flow), flow, flow, later(flow))) {
                for (byte[] value : List.of(FlowProto.encode(each), FlowJson.encode(each), spaced(each))) {
                    FlowCursor cursor = decoder.read(value);
                    assertSays(cursor, each);
                    recognised += cursor.isRecognised() ? 1 : 0;
                    assertThat(cursor.flow()).isEqualTo(each);
                }
            }
        }
        // Flows with requests and texts with escapes are not recognised.
        assertThat(recognised).isGreaterThan(2_000);
    }

    @Test
    void attributesStayOneObjectWhileEndsAreNew() {
        FlowDecoder decoder = new FlowDecoder();
        FlowAttributes first = null;
        for (int i = 0; i < 1_000; i++) {
            Flow flow = Flow.builder()
                    .startMs(1L)
                    .endMs(2L)
                    .source(Endpoint.of("10.0." + i / 250 + "." + i % 250, 1))
                    .destination(Endpoint.of("10.1.0.1", 80))
                    .protocol("TCP")
                    .verdict(Verdict.FORWARDED)
                    .build();
            decoder.read(FlowProto.encode(flow));
            decoder.read(FlowProto.encode(flow));
            FlowAttributes now = decoder.read(FlowProto.encode(flow)).attributes();
            first = first == null ? now : first;
            assertThat(now).isSameAs(first);
        }
    }

    /** Compares without AssertJ first: most of the time of the random tests went into its objects. */
    private static void assertSays(FlowCursor cursor, Flow flow) {
        boolean isSame = cursor.startMs() == flow.startMs()
                && cursor.endMs() == flow.endMs()
                && end(cursor.source()).equals(flow.source())
                && end(cursor.destination()).equals(flow.destination())
                && cursor.attributes().equals(FlowAttributes.of(flow))
                && cursor.outcome() == ConnectionOutcome.of(flow)
                && cursor.observed() == ConnectionOutcome.observed(flow);
        if (isSame) {
            return;
        }
        assertThat(cursor.startMs()).isEqualTo(flow.startMs());
        assertThat(cursor.endMs()).isEqualTo(flow.endMs());
        assertThat(end(cursor.source())).isEqualTo(flow.source());
        assertThat(end(cursor.destination())).isEqualTo(flow.destination());
        assertThat(cursor.attributes()).isEqualTo(FlowAttributes.of(flow));
        assertThat(cursor.outcome()).isEqualTo(ConnectionOutcome.of(flow));
        assertThat(cursor.observed()).isEqualTo(ConnectionOutcome.observed(flow));
    }

    private static Endpoint end(FlowCursor.Side side) {
        return side.endpoint()
                .with(
                        side.endpoint().ip(),
                        side.port() < 0 ? null : side.port(),
                        side.bytes() < 0 ? null : side.bytes(),
                        side.packets() < 0 ? null : side.packets(),
                        side.tcpFlags() < 0 ? null : side.tcpFlags());
    }

    /** A later flow between the same ends, with other counters. */
    private static Flow later(Flow flow) {
        return flow.toBuilder()
                .startMs(flow.startMs() + 1)
                .endMs(flow.endMs() + 5)
                .source(flow.source().with(flow.source().ip(), 7, null, 1L << 40, 255))
                .destination(flow.destination().with(flow.destination().ip(), null, 0L, null, 0))
                .build();
    }

    /** The form that most libraries write with pretty printing. */
    private static byte[] spaced(Flow flow) {
        String json = new String(FlowJson.encode(flow), StandardCharsets.UTF_8);
        return json.replace("\":", "\": ").replace(",\"", ",\n  \"").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void cursorRejectsTheSameValuesAsDecoding() {
        Random random = new Random(2);
        RandomFlows flows = new RandomFlows(5);
        FlowDecoder decoder = new FlowDecoder();
        for (int i = 0; i < 200; i++) {
            Flow flow = flows.next();
            for (byte[] valid : List.of(FlowProto.encode(flow), FlowJson.encode(flow))) {
                decoder.read(valid);
                for (int j = 0; j < 200; j++) {
                    byte[] bytes = changed(valid, random);
                    Flow decoded;
                    try {
                        decoded = FlowCodec.decode(bytes);
                    } catch (InvalidRecordException rejected) {
                        assertRejects(() -> decoder.read(bytes), rejected);
                        continue;
                    }
                    assertSays(decoder.read(bytes), decoded);
                }
            }
        }
    }

    private static void assertRejects(Runnable decoding, InvalidRecordException expected) {
        try {
            decoding.run();
        } catch (InvalidRecordException rejected) {
            if (!rejected.getMessage().equals(expected.getMessage())) {
                throw new AssertionError("'" + rejected.getMessage() + "' instead of '" + expected.getMessage() + "'");
            }
            return;
        }
        throw new AssertionError("accepted, instead of '" + expected.getMessage() + "'");
    }

    /** A copy with some bytes changed, left out, or inserted elsewhere. */
    private static byte[] changed(byte[] valid, Random random) {
        byte[] bytes = valid.clone();
        int at = 1 + random.nextInt(bytes.length - 1);
        int length = random.nextInt(1 + Math.min(40, bytes.length - at));
        switch (random.nextInt(3)) {
            case 0 ->
                bytes[at] =
                        (byte) (random.nextBoolean() ? "{}[]\":,0 \\".charAt(random.nextInt(10)) : random.nextInt());
            case 1 -> {
                System.arraycopy(valid, at + length, bytes, at, bytes.length - at - length);
                return Arrays.copyOf(bytes, bytes.length - length);
            }
            default -> {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
                int to = 1 + random.nextInt(bytes.length - 1);
                System.arraycopy(valid, to, longer, to + length, valid.length - to);
                System.arraycopy(valid, at, longer, to, length);
                return longer;
            }
        }
        return bytes;
    }

    /** A field that comes twice counts as it stands last, wherever that is. */
    @Test
    void duplicateFieldsAreNotTakenForSingleOnes() {
        FlowDecoder decoder = new FlowDecoder();
        String ends = "'source':{'ip':'10.0.0.1','pod':'a'%s},'destination':{'ip':'10.0.0.2'},'protocol':'TCP'%s}";
        for (String[] more : new String[][] {
            {"", ""},
            {",'ip':'10.0.0.3'", ""},
            {"", ",'start_ms':9"},
            {",'labels':{'port':'1'}", ""},
            {"", ",'source':{'ip':'10.0.0.4'}"},
            {",'\\u0069p':'10.0.0.5'", ""},
            {"", ",'end_\\u006ds':77"}
        }) {
            for (int start : List.of(5, 6, 7)) {
                byte[] json = ("{'start_ms':" + start + "," + ends.formatted(more[0], more[1]))
                        .replace('\'', '"')
                        .getBytes(StandardCharsets.UTF_8);
                assertSays(decoder.read(json), FlowCodec.decode(json));
                byte[] proto = twice(FlowProto.encode(FlowCodec.decode(json)));
                assertSays(decoder.read(proto), FlowCodec.decode(proto));
            }
        }
    }

    /** A value that decoding rejects must not pass because its other parts are cached. */
    @Test
    void repeatedEndIsValidatedTwice() {
        FlowDecoder decoder = new FlowDecoder();
        String good = "{'start_ms':5,'source':{'ip':'10.0.0.1'},'destination':{'ip':'10.0.0.2'},'protocol':'TCP'}";
        decoder.read(good.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        for (String bad : List.of(
                good.replace("{'start_ms':5,", "{'start_ms':5,'source':{'ip':'nonsense','port':99999},"),
                good.replace("'ip':'10.0.0.1'", "'ip':'\u0001','ip':'10.0.0.1'"),
                good.replace("'10.0.0.1'", "'10.0.0.1','tcp_flags':[" + "'SYN',".repeat(1_100) + "'SYN']"))) {
            byte[] json = bad.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> FlowCodec.decode(json)).isInstanceOf(InvalidRecordException.class);
            assertThatThrownBy(() -> decoder.read(json)).isInstanceOf(InvalidRecordException.class);
        }
        byte[] proto = FlowCodec.encode(FlowCodec.decode(good.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
        decoder.read(proto);
        byte[] bad = new byte[proto.length + 5];
        System.arraycopy(new byte[] {0x1a, 3, 0x0a, 1, 'x'}, 0, bad, 0, 5);
        System.arraycopy(proto, 0, bad, 5, proto.length);
        assertThatThrownBy(() -> FlowCodec.decode(bad)).hasMessageContaining("source.ip");
        assertThatThrownBy(() -> decoder.read(bad)).hasMessageContaining("source.ip");
    }

    private static byte[] twice(byte[] value) {
        byte[] all = Arrays.copyOf(value, 2 * value.length);
        System.arraycopy(value, 0, all, value.length, value.length);
        return all;
    }

    /** Producers may write fields in any order; names before an address belong to it all the same. */
    @Test
    void fieldsMayComeInAnyOrder() throws Exception {
        FlowDecoder decoder = new FlowDecoder();
        for (String ip : List.of("10.0.0.1", "10.0.0.2", "10.0.0.1")) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeString(8, "web");
            out.writeString(1, ip);
            out.writeString(6, "shop");
            out.flush();
            dev.weir.proto.v1.Flow flow = dev.weir.proto.v1.Flow.newBuilder()
                    .setStartMs(5)
                    .setProtocol("TCP")
                    .setDestination(dev.weir.proto.v1.Endpoint.newBuilder().setIp("10.0.0.9"))
                    .build();
            byte[] value = withSource(flow, bytes.toByteArray());
            assertThat(decoder.decode(value)).isEqualTo(FlowCodec.decode(value));
            assertThat(decoder.decode(value).source().ip()).isEqualTo(ip);
            assertThat(decoder.decode(value).source().workload()).isEqualTo("web");
        }
    }

    private static byte[] withSource(dev.weir.proto.v1.Flow flow, byte[] source) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeByteArray(3, source);
        out.flush();
        flow.writeTo(bytes);
        return bytes.toByteArray();
    }

    /** Lengths of one, two and three bytes, and a message longer than the buffer that a thread begins with. */
    @Test
    void generatedClassesReadNestedMessagesOfAnyLength() throws IOException {
        for (int count : new int[] {1, 10, 100, 2_000}) {
            Map<String, String> labels = new LinkedHashMap<>();
            for (int i = 0; i < count; i++) {
                labels.put("größe-" + i, "value".repeat(i % 40));
            }
            Endpoint end = Endpoint.builder()
                    .ip("10.0.0.1")
                    .port(1)
                    .labels(labels)
                    .node("n")
                    .zone("z")
                    .build();
            Flow flow = Flow.of(1, 2, end, Endpoint.of("10.0.0.2", 443), "TCP", Verdict.FORWARDED);
            dev.weir.proto.v1.Flow generated = dev.weir.proto.v1.Flow.parseFrom(FlowProto.encode(flow));
            assertThat(generated.getSource().getLabelsMap()).isEqualTo(labels);
            assertThat(generated.getSource().getZone()).isEqualTo("z");
            assertThat(generated.getDestination().getPort()).isEqualTo(443);
            assertThat(generated.toByteArray()).isEqualTo(FlowProto.encode(flow));
        }
    }

    @Test
    void generatedClassesReadTheSameBytes() throws Exception {
        RandomFlows flows = new RandomFlows(7);
        for (int i = 0; i < 500; i++) {
            Flow flow = flows.next();
            dev.weir.proto.v1.Flow generated = dev.weir.proto.v1.Flow.parseFrom(FlowProto.encode(flow));
            assertThat(generated.getStartMs()).isEqualTo(flow.startMs());
            assertThat(generated.getProtocol()).isEqualTo(flow.protocol());
            assertThat(generated.getVerdict().name()).isEqualTo(flow.verdict().name());
            assertThat(generated.getDirection() == Direction.DIRECTION_UNSPECIFIED)
                    .isEqualTo(flow.direction() == null);
            assertThat(generated.getSource().hasPort()).isEqualTo(flow.source().port() != null);
            assertThat(generated.getUnknownFields().asMap()).isEmpty();
            assertThat(generated.getSource().getUnknownFields().asMap()).isEmpty();
            assertThat(generated.getL7().getHttp().getUnknownFields().asMap()).isEmpty();
            assertThat(FlowCodec.decode(generated.toByteArray())).isEqualTo(flow);
        }
    }

    @Test
    void unknownFieldsAreIgnoredAbsentOnesGetDefaults() {
        Flow flow = decode("{'start_ms':5,'protocol':'tcp','novelty':{'deep':[1,{'x':2}]}," + ENDS + "}");
        assertThat(flow.endMs()).isEqualTo(5);
        assertThat(flow.protocol()).isEqualTo("TCP");
        assertThat(flow.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(flow.source().bytes()).isNull();
        assertThat(flow.isReply()).isNull();
        assertThat(decode("{'start_ms':5,'protocol':6,'verdict':null," + ENDS + "}")
                        .protocol())
                .isEqualTo("TCP");
    }

    @Test
    void addressesBecomeCanonical() {
        Flow flow = decode("{'start_ms':5,'protocol':'58','source':{'ip':'2001:DB8:0:0:0:0:0:1'},"
                + "'destination':{'ip':'::ffff:10.0.0.1','tcp_flags':['SYN','RST']}}");
        assertThat(flow.source().ip()).isEqualTo("2001:db8::1");
        assertThat(flow.destination().ip()).isEqualTo("10.0.0.1");
        assertThat(flow.destination().tcpFlags()).isEqualTo(TcpFlags.SYN | TcpFlags.RST);
        assertThat(flow.protocol()).isEqualTo("ICMPV6");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {ENDS,'protocol':'TCP'}                                                    | start_ms               | is missing
            {'start_ms':5,'protocol':'TCP','source':{'ip':'10.0.0.1'}}                 | destination            | is missing
            {'start_ms':5,ENDS}                                                        | protocol               | is missing
            {'start_ms':5,'protocol':'TCP','source':{'port':1},'destination':{'ip':'10.0.0.1'}} | source.ip | is missing
            {'start_ms':'5','protocol':'TCP',ENDS}                                     | start_ms               | must be a whole number, not a string
            {'start_ms':5.5,'protocol':'TCP',ENDS}                                     | start_ms               | must be a whole number, not 5.5
            {'start_ms':-5,'protocol':'TCP',ENDS}                                      | start_ms               | not a time
            {'start_ms':99999999999999999999,'protocol':'TCP',ENDS}                    | start_ms               | too large
            {'start_ms':5,'end_ms':4,'protocol':'TCP',ENDS}                            | end_ms                 | 4 is before start_ms 5
            {'start_ms':5,'protocol':'TCP','source':{'ip':'10.0.0.256'},'destination':{'ip':'10.0.0.1'}} | source.ip | is not an IP address
            {'start_ms':5,'protocol':'TCP','source':{'ip':'10.0.0.1'},'destination':{'ip':'db.shop'}} | destination.ip | not an IP address
            {'start_ms':5,'protocol':'TCP','source':{'ip':'10.0.0.1','port':70000},'destination':{'ip':'10.0.0.1'}} | source.port | 70000 is outside 0..65535
            {'start_ms':5,'protocol':'TCP','source':{'ip':'10.0.0.1','port':'http'},'destination':{'ip':'10.0.0.1'}} | source.port | must be a whole number
            {'start_ms':5,'protocol':'TCP','source':{'ip':'10.0.0.1','bytes':-1},'destination':{'ip':'10.0.0.1'}} | source.bytes | negative
            {'start_ms':5,'protocol':'TCP','source':{'ip':'10.0.0.1','tcp_flags':['SIN']},'destination':{'ip':'10.0.0.1'}} | source.tcp_flags | is not a TCP flag
            {'start_ms':5,'protocol':'TCP','source':{'ip':'10.0.0.1','labels':{'a':1}},'destination':{'ip':'10.0.0.1'}} | source.labels.a | must be a string
            {'start_ms':5,'protocol':'TCP','source':[],'destination':{'ip':'10.0.0.1'}} | source                | must be an object
            {'start_ms':5,'protocol':'QUIC',ENDS}                                      | protocol               | is not TCP
            {'start_ms':5,'protocol':'256',ENDS}                                       | protocol               | is not TCP
            {'start_ms':5,'protocol':'TCP','verdict':'MAYBE',ENDS}                     | verdict                | is not one of
            {'start_ms':5,'protocol':'TCP','encrypted':'yes',ENDS}                     | encrypted              | must be true or false
            {'start_ms':5,'protocol':'TCP','sampling':0,ENDS}                          | sampling               | 0 is below 1
            {'start_ms':5,'protocol':'TCP','l7':{'http':{'status':42}},ENDS}           | l7.http.status         | 42 is outside 100..599
            {'start_ms':5,'protocol':'TCP',ENDS                                        | flow                   | is not JSON
            {'start_ms':5,'protocol':'TCP',ENDS} x                                     | flow                   | JSON
            """, quoteCharacter = '`')
    void badJsonNamesTheField(String json, String field, String reason) {
        InvalidRecordException rejected =
                catchThrowableOfType(InvalidRecordException.class, () -> decode(json.replace("ENDS", ENDS)));
        assertThat(rejected.field()).isEqualTo(field);
        assertThat(rejected).hasMessageContaining(reason);
    }

    @Test
    void badProtobufNamesTheField() {
        dev.weir.proto.v1.Flow good = dev.weir.proto.v1.Flow.newBuilder()
                .setStartMs(5)
                .setProtocol("TCP")
                .setSource(dev.weir.proto.v1.Endpoint.newBuilder().setIp("10.0.0.1"))
                .setDestination(dev.weir.proto.v1.Endpoint.newBuilder()
                        .setIp("10.0.0.2")
                        .setPort(80))
                .build();
        assertThat(FlowCodec.decode(good.toByteArray()).destination()).isEqualTo(Endpoint.of("10.0.0.2", 80));
        assertThatThrownBy(() ->
                        FlowCodec.decode(good.toBuilder().clearStartMs().build().toByteArray()))
                .hasMessage("start_ms: is missing");
        assertThatThrownBy(() -> FlowCodec.decode(good.toBuilder()
                        .setDestination(good.getDestination().toBuilder().setPort(70000))
                        .build()
                        .toByteArray()))
                .hasMessage("destination.port: 70000 is outside 0..65535");
        assertThatThrownBy(() -> FlowCodec.decode(
                        good.toBuilder().setVerdictValue(9).build().toByteArray()))
                .hasMessage("verdict: 9 is not a value of the enumeration");
    }

    @Test
    void arbitraryBytesAreRejectedAndNothingWorse() {
        Random random = new Random(1);
        byte[] valid = FlowProto.encode(new RandomFlows(3).next());
        FlowDecoder decoder = new FlowDecoder();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = valid.clone();
            for (int j = 0; j <= i % 4; j++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                Flow flow = FlowCodec.decode(bytes);
                assertThat(FlowCodec.decode(FlowProto.encode(flow))).isEqualTo(flow);
                assertThat(decoder.decode(bytes)).isEqualTo(flow);
            } catch (InvalidRecordException rejected) {
                assertThat(rejected.field()).isNotEmpty();
                assertRejects(() -> decoder.decode(bytes), rejected);
            }
            FlowCodec.peekTime(bytes);
        }
        assertThatThrownBy(() -> FlowCodec.decode(new byte[0])).hasMessage("flow: is empty");
    }

    @Test
    void valueLongerThanAnyRealFlowIsRejected() {
        assertThatThrownBy(() ->
                        decode("{'start_ms':5,'protocol':'TCP','cluster':'" + "c".repeat(254) + "'," + ENDS + "}"))
                .hasMessage("cluster: has 254 characters, more than 253");
        assertThatThrownBy(
                        () -> decode("{'start_ms':5,'protocol':'TCP','x':'" + "c".repeat(16_384) + "'," + ENDS + "}"))
                .hasMessageStartingWith("flow: has ")
                .hasMessageEndingWith(" bytes, more than 16384");
    }

    private static Flow decode(String json) {
        return FlowCodec.decode(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
