package dev.weir.ingest.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads packets within packets, made here layer by layer from the inside out. */
class TunnelsTest {
    private static final int MPLS = 0x8847;
    private static final int V4 = 0x0800;
    private static final int V6 = 0x86dd;

    /** The layers from the outside in; the innermost is TCP from 10.244.1.5 or fd00::5, port 40000, to port 443. */
    @ParameterizedTest
    @CsvSource({
        "eth v4 tcp, ",
        "eth v4 vxlan eth v4 tcp, vxlan",
        "eth v4 vxlan8472 eth v4 tcp, vxlan",
        "eth v4 vxlan-policy eth v4 tcp, vxlan",
        "eth v4 gpe-v4 v4 tcp, vxlan",
        "eth v4 gpe-v6 v6 tcp6, vxlan",
        "eth v4 gpe-eth eth v4 tcp, vxlan",
        "eth v4 gpe-plain eth v4 tcp, vxlan",
        "eth v4 gpe-mpls v4 tcp, mpls",
        "eth mpls eth v4 tcp, mpls",
        "eth mpls-word eth v4 tcp, mpls",
        "eth v4 erspan3-more eth v4 tcp, gre",
        "eth v6 vxlan eth v4 tcp, vxlan",
        "eth v4 geneve eth v4 tcp, geneve",
        "eth v4 geneve-options eth v6 tcp6, geneve",
        "eth v4 ipip v4 tcp, ipip",
        "eth v4 sit v6 tcp6, ipip",
        "eth v4 gre v4 tcp, gre",
        "eth v4 gre-all v4 tcp, gre",
        "eth v4 gre-eth eth v4 tcp, gre",
        "eth v4 erspan eth v4 tcp, gre",
        "eth v4 erspan3 eth v4 tcp, gre",
        "eth mpls v4 tcp, mpls",
        "eth mpls-many v6 tcp6, mpls",
        "eth v4 mpls-udp v4 tcp, mpls",
        "eth v4 mpls-ip v4 tcp, mpls",
        "eth v4 gre-mpls v4 tcp, gre/mpls",
        "eth mpls v4 vxlan eth v4 tcp, mpls/vxlan",
        "eth v4 ipip v4 vxlan eth v4 tcp, ipip/vxlan"
    })
    void innermostPacketIsRead(String layers, String tunnel) {
        Packet packet = Packet.read(Packet.Link.ETHERNET, build(layers));
        assertThat(packet).isNotNull();
        assertThat(packet.sourceIp()).isEqualTo(layers.endsWith("6") ? "fd00::5" : "10.244.1.5");
        assertThat(packet.protocol()).isEqualTo(Packet.TCP);
        assertThat(packet.sourcePort()).isEqualTo(40_000);
        assertThat(packet.destinationPort()).isEqualTo(443);
        assertThat(packet.tcpFlags()).isEqualTo(2);
        assertThat(packet.ipLength()).isEqualTo(layers.endsWith("6") ? 60 : 40);
        assertThat(packet.tunnel()).isEqualTo(tunnel);
    }

    @ParameterizedTest
    @CsvSource({
        "eth v4 vxlan-wrong eth v4 tcp, 17",
        "eth v4 gpe-oam eth v4 tcp, 17",
        "eth v4 gpe-nsh eth v4 tcp, 17",
        "eth v4 gre-pptp v4 tcp, 47",
        "eth v4 vxlan rubbish, 17",
        "eth v4 ipip rubbish, 4",
        "eth v4 gre rubbish, 47"
    })
    void unreadablePayloadLeavesTheOuterPacket(String layers, int protocol) {
        Packet packet = Packet.read(Packet.Link.ETHERNET, build(layers));
        assertThat(packet).isNotNull();
        assertThat(packet.sourceIp()).isEqualTo("192.168.0.1");
        assertThat(packet.protocol()).isEqualTo(protocol);
        assertThat(packet.tunnel()).isNull();
    }

    @Test
    void depthOfTunnelsIsBounded() {
        Packet packet = Packet.read(Packet.Link.ETHERNET, build("eth" + " v4 ipip".repeat(20) + " v4 tcp"));
        assertThat(packet).isNotNull();
        assertThat(packet.tunnel()).isEqualTo("ipip/ipip/ipip/ipip");
        assertThat(packet.protocol()).isEqualTo(4);
    }

    @Test
    void cutAndMutatedFramesThrowNothing() {
        Random random = new Random(7);
        List<byte[]> frames = new ArrayList<>();
        for (String layers : List.of(
                "eth v4 vxlan eth v4 tcp",
                "eth v4 geneve-options eth v6 tcp6",
                "eth v4 gre-mpls v4 tcp",
                "eth mpls-many v6 tcp6",
                "eth v4 erspan3 eth v4 tcp",
                "eth v4 gpe-v6 v6 tcp6",
                "eth v4 mpls-udp v4 tcp")) {
            ByteBuffer frame = build(layers);
            byte[] bytes = new byte[frame.remaining()];
            frame.get(bytes);
            frames.add(bytes);
        }
        int read = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bad = frames.get(i % frames.size()).clone();
            for (int j = 0; j <= i % 3; j++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            ByteBuffer cut = ByteBuffer.wrap(bad, 0, random.nextInt(bad.length + 1));
            read += Packet.read(Packet.Link.ETHERNET, cut) == null ? 0 : 1;
        }
        assertThat(read).isBetween(50_000, 199_999);
    }

    private static ByteBuffer build(String layers) {
        String[] names = layers.split(" ");
        byte[] inner = new byte[0];
        // The header fields of the outer layer depend on the inner one.
        int type = 0;
        int protocol = 0;
        for (int i = names.length - 1; i >= 0; i--) {
            boolean isInnermost = i == names.length - 2;
            switch (names[i]) {
                case "rubbish" -> {
                    inner = new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
                    type = V4;
                }
                case "tcp", "tcp6" -> {
                    inner = ByteBuffer.allocate(20)
                            .putShort((short) 40_000)
                            .putShort((short) 443)
                            .putLong(0)
                            .put((byte) 0x50)
                            .put((byte) 2)
                            .array();
                    protocol = Packet.TCP;
                }
                case "v4" -> {
                    inner = v4(isInnermost, protocol, inner);
                    type = V4;
                    protocol = 4;
                }
                case "v6" -> {
                    inner = v6(isInnermost, protocol, inner);
                    type = V6;
                    protocol = 41;
                }
                case "eth" -> {
                    inner = ByteBuffer.allocate(14 + inner.length)
                            .put(new byte[12])
                            .putShort((short) type)
                            .put(inner)
                            .array();
                    type = 0x6558;
                }
                case "ipip" -> protocol = 4;
                case "sit" -> protocol = 41;
                case "mpls" -> {
                    inner = join(inner, 0x000010ff | 0x100);
                    type = MPLS;
                    protocol = 137;
                }
                case "mpls-many" -> {
                    inner = join(inner, 0x00002040, 0x00003040, 0x00001140);
                    type = MPLS;
                }
                case "mpls-word" -> {
                    inner = join(inner, 0x00001140, 0);
                    type = MPLS;
                }
                case "erspan3-more" -> {
                    inner = join(inner, 0x100022eb, 1, 0x20010000, 0, 1, 2, 3);
                    protocol = 47;
                }
                case "mpls-ip" -> {
                    inner = join(inner, 0x00001140);
                    protocol = 137;
                }
                case "mpls-udp" -> {
                    inner = udp(6635, join(inner, 0x00001140));
                    protocol = Packet.UDP;
                }
                case "vxlan", "vxlan8472", "vxlan-wrong", "vxlan-policy" -> {
                    inner = udp(
                            names[i].equals("vxlan8472") ? 8472 : 4789,
                            join(
                                    inner,
                                    names[i].equals("vxlan-wrong")
                                            ? 0x10000000
                                            : names[i].equals("vxlan-policy") ? 0x88000007 : 0x08000000,
                                    0x00002a00));
                    protocol = Packet.UDP;
                }
                case "gpe-v4", "gpe-v6", "gpe-eth", "gpe-plain", "gpe-mpls", "gpe-oam", "gpe-nsh" -> {
                    int first =
                            switch (names[i]) {
                                case "gpe-v4" -> 0x0c000001;
                                case "gpe-v6" -> 0x0c000002;
                                case "gpe-eth" -> 0x0c000003;
                                case "gpe-nsh" -> 0x0c000004;
                                case "gpe-mpls" -> 0x0c000005;
                                case "gpe-oam" -> 0x0d000003;
                                default -> 0x08000000;
                            };
                    byte[] carried = names[i].equals("gpe-mpls") ? join(inner, 0x00001140) : inner;
                    inner = udp(4790, join(carried, first, 0x00002a00));
                    protocol = Packet.UDP;
                }
                case "geneve" -> {
                    inner = udp(6081, join(inner, type, 0x00002a00));
                    protocol = Packet.UDP;
                }
                case "geneve-options" -> {
                    inner = udp(6081, join(inner, 0x02000000 | type, 0x00002a00, 0x01020001, 0x0a0b0c0d));
                    protocol = Packet.UDP;
                }
                case "gre", "gre-eth" -> {
                    inner = join(inner, type);
                    protocol = 47;
                }
                case "gre-mpls" -> {
                    inner = join(join(inner, 0x00001140), MPLS);
                    protocol = 47;
                }
                case "gre-all" -> {
                    inner = join(inner, 0xb0000000 | type, 0x12340000, 7, 8);
                    protocol = 47;
                }
                case "gre-pptp" -> {
                    inner = join(inner, 0x20010000 | type, 7);
                    protocol = 47;
                }
                case "erspan" -> {
                    inner = join(inner, 0x100088be, 1, 0x10010000, 0);
                    protocol = 47;
                }
                case "erspan3" -> {
                    inner = join(inner, 0x100022eb, 1, 0x20010000, 0, 0);
                    protocol = 47;
                }
                default -> throw new AssertionError(names[i]);
            }
        }
        return ByteBuffer.wrap(inner);
    }

    private static byte[] join(byte[] inner, int... words) {
        ByteBuffer out = ByteBuffer.allocate(4 * words.length + inner.length);
        for (int word : words) {
            out.putInt(word);
        }
        return out.put(inner).array();
    }

    private static byte[] udp(int port, byte[] payload) {
        return ByteBuffer.allocate(8 + payload.length)
                .putShort((short) 55_555)
                .putShort((short) port)
                .putShort((short) (8 + payload.length))
                .putShort((short) 0)
                .put(payload)
                .array();
    }

    private static byte[] v4(boolean isInnermost, int protocol, byte[] payload) {
        byte[] source = isInnermost ? new byte[] {10, (byte) 244, 1, 5} : new byte[] {(byte) 192, (byte) 168, 0, 1};
        byte[] destination =
                isInnermost ? new byte[] {10, (byte) 244, 2, 6} : new byte[] {(byte) 192, (byte) 168, 0, 2};
        return ByteBuffer.allocate(20 + payload.length)
                .put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) (20 + payload.length))
                .putInt(0)
                .put((byte) 64)
                .put((byte) protocol)
                .putShort((short) 0)
                .put(source)
                .put(destination)
                .put(payload)
                .array();
    }

    private static byte[] v6(boolean isInnermost, int protocol, byte[] payload) {
        byte[] source = new byte[16];
        byte[] destination = new byte[16];
        source[0] = destination[0] = (byte) 0xfd;
        source[15] = (byte) (isInnermost ? 5 : 1);
        destination[15] = (byte) (isInnermost ? 6 : 2);
        return ByteBuffer.allocate(40 + payload.length)
                .putInt(0x60000000)
                .putShort((short) payload.length)
                .put((byte) protocol)
                .put((byte) 64)
                .put(source)
                .put(destination)
                .put(payload)
                .array();
    }
}
