package dev.weir.ingest.collector.netflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Receives sFlow datagrams that are made here. */
class SflowTest {
    private final NetflowDecoder decoder = new NetflowDecoder(new PendingSets(0), false);

    @Test
    void sampledPacketIsAFlowOfOnePacket() throws MalformedDatagramException {
        Decoded decoded = decoder.decode("192.0.2.1", 4739, datagram(1, sample(512, raw(tcp(), 1))), 5_000);
        assertThat(decoded.label()).isEqualTo("sflow");
        assertThat(decoded.flows()).singleElement().satisfies(flow -> {
            assertThat(flow.sourceIp()).isEqualTo("10.0.0.1");
            assertThat(flow.destinationIp()).isEqualTo("10.0.0.2");
            assertThat(flow.sourcePort()).isEqualTo(40_000);
            assertThat(flow.destinationPort()).isEqualTo(443);
            assertThat(flow.protocol()).isEqualTo(6);
            assertThat(flow.tcpFlags()).isEqualTo(2);
            assertThat(flow.packets()).isEqualTo(1);
            assertThat(flow.bytes()).isEqualTo(40);
            assertThat(flow.sampling()).isEqualTo(512);
            assertThat(flow.startMs()).isEqualTo(5_000);
            assertThat(flow.point()).isEqualTo("3>4");
        });
    }

    @Test
    void discardedPacketIsDropped() throws MalformedDatagramException {
        ByteBuf compact = sample(512, raw(tcp(), 1));
        compact.setInt(8 + 24, 0x40000000 | 5);
        ByteBuf body = Unpooled.buffer()
                .writeZero(12)
                .writeInt(512)
                .writeInt(9)
                .writeInt(0)
                .writeInt(0)
                .writeInt(3);
        body.writeInt(1).writeInt(5).writeInt(1).writeBytes(raw(tcp(), 1));
        ByteBuf expanded =
                Unpooled.buffer().writeInt(3).writeInt(body.readableBytes()).writeBytes(body);
        ByteBuf notice = Unpooled.buffer()
                .writeInt(1)
                .writeInt(0)
                .writeInt(2)
                .writeInt(0)
                .writeInt(3)
                .writeInt(0);
        notice.writeInt(256).writeInt(1).writeBytes(raw(tcp(), 1));
        ByteBuf drop =
                Unpooled.buffer().writeInt(5).writeInt(notice.readableBytes()).writeBytes(notice);
        Decoded decoded = decoder.decode("192.0.2.1", 4739, datagram(1, compact, expanded, drop), 5_000);
        assertThat(decoded.flows()).hasSize(3).allSatisfy(flow -> {
            assertThat(flow.destinationPort()).isEqualTo(443);
            assertThat(ExportedFlows.flow(flow, "x", null).verdict()).isEqualTo(Verdict.DROPPED);
        });
        assertThat(decoded.flows()).extracting(ExportedFlow::sampling).containsExactly(512, 512, 1);
    }

    @Test
    void countersAndOtherPacketsAreNoFlows() throws MalformedDatagramException {
        ByteBuf counters = Unpooled.buffer().writeInt(2).writeInt(8).writeLong(7);
        ByteBuf arp = Unpooled.buffer().writeZero(12).writeShort(0x0806).writeZero(28);
        Decoded decoded = decoder.decode("x", 4739, datagram(2, counters, sample(1, raw(arp, 1))), 1);
        assertThat(decoded.flows()).isEmpty();
        assertThat(decoded.otherRecords()).isEqualTo(1);
    }

    @Test
    void lostDatagramsAreCountedForTheirAgent() throws MalformedDatagramException {
        decoder.decode("x", 4739, datagram(1, sample(1, raw(tcp(), 1))), 1);
        assertThat(decoder.decode("x", 4739, datagram(4, sample(1, raw(tcp(), 1))), 1)
                        .missed())
                .isEqualTo(2);
    }

    @Test
    void manyAgentsOfOneAddressEvictNoOther() throws MalformedDatagramException {
        decoder.decode("x", 4739, datagram(1, sample(1, raw(tcp(), 1))), 1);
        for (int i = 0; i < 10_050; i++) {
            decoder.decode("y", 4739, datagram(1).setInt(12, i), 1);
        }
        assertThat(decoder.decode("x", 4739, datagram(4, sample(1, raw(tcp(), 1))), 1)
                        .missed())
                .isEqualTo(2);
    }

    @Test
    void truncatedDatagramIsRejected() {
        ByteBuf cut = datagram(1, sample(1, raw(tcp(), 1)));
        assertThatThrownBy(() -> decoder.decode("x", 4739, cut.slice(0, cut.readableBytes() - 9), 1))
                .isInstanceOf(MalformedDatagramException.class)
                .hasMessageContaining("sFlow");
    }

    @Test
    void mutatedDatagramsThrowNothingElse() {
        Random random = new Random(7);
        ByteBuf good = datagram(1, sample(512, raw(tcp(), 1)));
        byte[] bytes = new byte[good.readableBytes()];
        good.readBytes(bytes);
        int rejected = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bad = bytes.clone();
            for (int j = 0; j <= i % 4; j++) {
                bad[4 + random.nextInt(bad.length - 4)] = (byte) random.nextInt(256);
            }
            try {
                decoder.decode("x", 4739, Unpooled.wrappedBuffer(bad, 0, 4 + random.nextInt(bad.length - 3)), i);
            } catch (MalformedDatagramException e) {
                rejected++;
            }
        }
        assertThat(rejected).isBetween(50_000, 199_999);
    }

    private static ByteBuf datagram(int sequence, ByteBuf... samples) {
        return SflowDecoderTest.datagram(1, "0a090909", 0, sequence, samples);
    }

    private static ByteBuf sample(int rate, ByteBuf record) {
        ByteBuf body = Unpooled.buffer()
                .writeInt(1)
                .writeInt(2)
                .writeInt(rate)
                .writeInt(9)
                .writeInt(0)
                .writeInt(3)
                .writeInt(4)
                .writeInt(1)
                .writeBytes(record);
        return Unpooled.buffer().writeInt(1).writeInt(body.readableBytes()).writeBytes(body);
    }

    private static ByteBuf raw(ByteBuf frame, int protocol) {
        int size = frame.readableBytes();
        int padded = (size + 3) / 4 * 4;
        return Unpooled.buffer()
                .writeInt(1)
                .writeInt(16 + padded)
                .writeInt(protocol)
                .writeInt(size + 4)
                .writeInt(4)
                .writeInt(size)
                .writeBytes(frame)
                .writeZero(padded - size);
    }

    /** Returns Ethernet with a VLAN tag, IPv4 and a SYN. */
    private static ByteBuf tcp() {
        return Unpooled.buffer()
                .writeZero(12)
                .writeShort(0x8100)
                .writeShort(7)
                .writeShort(0x0800)
                .writeByte(0x45)
                .writeByte(0)
                .writeShort(40)
                .writeZero(4)
                .writeByte(64)
                .writeByte(6)
                .writeShort(0)
                .writeBytes(new byte[] {10, 0, 0, 1, 10, 0, 0, 2})
                .writeShort(40_000)
                .writeShort(443)
                .writeInt(1)
                .writeInt(0)
                .writeByte(0x50)
                .writeByte(2)
                .writeZero(6);
    }
}
