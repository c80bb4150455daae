package dev.weir.ingest.collector.netflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Decodes sFlow datagrams field by field; {@link SflowTest} sends whole packets through the receiver's decoder. */
class SflowDecoderTest {
    private static final int SAMPLED_IPV4 = 3;
    private static final int SAMPLED_IPV6 = 4;
    private static final String AGENT = "0a090909";

    private final SflowDecoder decoder = new SflowDecoder();

    @Test
    void sampledIpv4HeaderIsAFlow() throws MalformedDatagramException {
        Decoded decoded =
                decode(datagram(1, AGENT, 0, 1, sample(100, record(SAMPLED_IPV4, "0a000001", "0a000002", 6))));
        assertThat(decoded.flows()).singleElement().satisfies(flow -> {
            assertThat(flow.sourceIp()).isEqualTo("10.0.0.1");
            assertThat(flow.destinationIp()).isEqualTo("10.0.0.2");
            assertThat(flow.sourcePort()).isEqualTo(40_000);
            assertThat(flow.destinationPort()).isEqualTo(443);
            assertThat(flow.bytes()).isEqualTo(60);
            assertThat(flow.packets()).isEqualTo(1);
            assertThat(flow.tcpFlags()).isEqualTo(2);
            assertThat(flow.sampling()).isEqualTo(100);
        });
    }

    @Test
    void sampledIpv6HeaderOfUdpHasNoFlags() throws MalformedDatagramException {
        String from = "fd000000000000000000000000000001";
        String to = "fd000000000000000000000000000002";
        Decoded decoded = decode(datagram(1, AGENT, 0, 1, sample(1, record(SAMPLED_IPV6, from, to, 17))));
        assertThat(decoded.flows()).singleElement().satisfies(flow -> {
            assertThat(flow.sourceIp()).isEqualTo("fd00::1");
            assertThat(flow.destinationIp()).isEqualTo("fd00::2");
            assertThat(flow.tcpFlags()).isNull();
        });
    }

    @Test
    void samplingRateOfZeroCountsAsOne() throws MalformedDatagramException {
        Decoded decoded = decode(datagram(1, AGENT, 0, 1, sample(0, record(SAMPLED_IPV4, "0a000001", "0a000002", 6))));
        assertThat(decoded.flows()).extracting(ExportedFlow::sampling).containsExactly(1);
    }

    @Test
    void unknownSamplesAndRecordsAreSkipped() throws MalformedDatagramException {
        ByteBuf vendor = Unpooled.buffer().writeInt(0x0012_3001).writeInt(4).writeInt(7);
        ByteBuf unknown = Unpooled.buffer().writeInt(1_001).writeInt(8).writeZero(8);
        Decoded decoded = decode(datagram(1, AGENT, 0, 1, vendor, sample(1, unknown)));
        assertThat(decoded.flows()).isEmpty();
        assertThat(decoded.otherRecords()).isZero();
    }

    @Test
    void eachSubAgentHasItsOwnSequence() throws MalformedDatagramException {
        decode(datagram(1, AGENT, 0, 1));
        decode(datagram(1, AGENT, 7, 100));
        assertThat(decode(datagram(1, AGENT, 0, 2)).missed()).isZero();
        assertThat(decode(datagram(1, AGENT, 7, 103)).missed()).isEqualTo(2);
    }

    @Test
    void agentMayHaveAnIpv6AddressOrNone() throws MalformedDatagramException {
        assertThat(decode(datagram(2, "fd000000000000000000000000000009", 0, 1)).missed())
                .isZero();
        assertThat(decode(datagram(0, "", 0, 5)).missed()).isZero();
        assertThat(decode(datagram(0, "", 0, 7)).missed()).isEqualTo(1);
    }

    @Test
    void unknownAddressTypeIsRejected() {
        assertThatThrownBy(() -> decode(datagram(3, AGENT, 0, 1)))
                .isInstanceOf(MalformedDatagramException.class)
                .hasMessageContaining("address type 3");
    }

    @Test
    void sampleLongerThanItsDatagramIsRejected() {
        ByteBuf cut = Unpooled.buffer().writeInt(1).writeInt(100).writeInt(0);
        assertThatThrownBy(() -> decode(datagram(1, AGENT, 0, 1, cut)))
                .isInstanceOf(MalformedDatagramException.class)
                .hasMessageContaining("sFlow sample has length 100, but 4 bytes are left");
    }

    @Test
    void recordLongerThanItsSampleIsRejected() {
        ByteBuf record = Unpooled.buffer().writeInt(SAMPLED_IPV4).writeInt(100).writeInt(0);
        assertThatThrownBy(() -> decode(datagram(1, AGENT, 0, 1, sample(1, record))))
                .isInstanceOf(MalformedDatagramException.class)
                .hasMessageContaining("sFlow flow record has length 100");
    }

    @Test
    void agentsBeyondTheBoundAreCounted() throws MalformedDatagramException {
        for (int i = 0; i < SflowDecoder.MAX_AGENTS_OF_ADDRESS + 3; i++) {
            assertThat(decode(datagram(1, AGENT, i, 1)).flows()).isEmpty();
        }
        assertThat(decoder.takeEvicted()).isEqualTo(3);
        assertThat(decoder.takeEvicted()).isZero();
    }

    private Decoded decode(ByteBuf datagram) throws MalformedDatagramException {
        return decoder.decode("192.0.2.1", datagram, 5_000);
    }

    static ByteBuf datagram(int addressType, String agent, int subAgent, int sequence, ByteBuf... samples) {
        ByteBuf out = Unpooled.buffer()
                .writeInt(SflowDecoder.VERSION)
                .writeInt(addressType)
                .writeBytes(HexFormat.of().parseHex(agent))
                .writeInt(subAgent)
                .writeInt(sequence)
                .writeInt(1_000)
                .writeInt(samples.length);
        for (ByteBuf sample : samples) {
            out.writeBytes(sample);
        }
        return out;
    }

    private static ByteBuf sample(int rate, ByteBuf record) {
        ByteBuf body = Unpooled.buffer()
                .writeInt(1)
                .writeInt(2)
                .writeInt(rate)
                .writeLong(0)
                .writeInt(3)
                .writeInt(4)
                .writeInt(1)
                .writeBytes(record);
        return Unpooled.buffer().writeInt(1).writeInt(body.readableBytes()).writeBytes(body);
    }

    private static ByteBuf record(int format, String from, String to, int protocol) {
        ByteBuf body = Unpooled.buffer()
                .writeInt(60)
                .writeInt(protocol)
                .writeBytes(HexFormat.of().parseHex(from))
                .writeBytes(HexFormat.of().parseHex(to))
                .writeInt(40_000)
                .writeInt(443)
                .writeInt(2)
                .writeInt(0);
        return Unpooled.buffer().writeInt(format).writeInt(body.readableBytes()).writeBytes(body);
    }
}
