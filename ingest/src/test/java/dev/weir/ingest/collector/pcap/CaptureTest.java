package dev.weir.ingest.collector.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.ingest.packet.Packet;
import dev.weir.model.Flow;
import dev.weir.model.L7;
import dev.weir.model.TcpFlags;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Reads packets and captures that are made here. */
class CaptureTest {
    private static final String CLIENT = "10.0.0.1";
    private static final String SERVER = "10.0.0.2";
    private static final int SYN = TcpFlags.SYN;
    private static final int ACK = TcpFlags.ACK;
    private static final int FIN = TcpFlags.FIN;

    private final List<Flow> flows = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private final List<String> evicted = new ArrayList<>();
    private final FlowTable table = new FlowTable(3, null, flows::add, skipped::add, evicted::add);

    @Test
    void connectionAndItsRequestAreTwoFlows() {
        take(1_000, tcp(true, SYN, ""));
        take(1_001, tcp(false, SYN | ACK, ""));
        take(1_002, tcp(true, ACK, "GET /a?secret=1 HTTP/1.1\r\nHost: Shop.example\r\n\r\n"));
        take(1_003, tcp(false, ACK, "HTTP/1.1 404 Not Found\r\n\r\n"));
        take(1_004, tcp(true, FIN | ACK, ""));
        take(1_005, tcp(false, FIN | ACK, ""));
        table.flush();
        assertThat(flows).hasSize(2);
        assertThat(flows.get(0).l7()).isEqualTo(new L7(null, new L7.Http("GET", "shop.example", "/a", 404), null));
        assertThat(flows.get(0).source().bytes()).isNull();
        Flow whole = flows.get(1);
        assertThat(whole.source().ip()).isEqualTo(CLIENT);
        assertThat(whole.destination().port()).isEqualTo(80);
        assertThat(whole.source().packets()).isEqualTo(3);
        assertThat(whole.destination().packets()).isEqualTo(3);
        assertThat(whole.source().bytes()).isEqualTo(3 * 40 + 48);
        assertThat(whole.startMs()).isEqualTo(1_000);
        assertThat(whole.endMs()).isEqualTo(1_005);
    }

    @Test
    void packetInsideAndOutsideATunnelCountsOnce() {
        byte[] inner = tcp(true, SYN, "");
        byte[] frame = frame(inner);
        ByteBuffer outer = ip(true, 17, 16 + frame.length);
        outer.putShort((short) 55_555)
                .putShort((short) 8472)
                .putInt(0)
                .putInt(0x08000000)
                .putInt(0x100)
                .put(frame);
        for (int i = 0; i < 3; i++) {
            take(1_000 + 2 * i, inner);
            take(1_001 + 2 * i, outer.array());
        }
        table.flush();
        assertThat(flows).singleElement().satisfies(flow -> {
            assertThat(flow.source().packets()).isEqualTo(3);
            assertThat(flow.source().bytes()).isEqualTo(120);
            assertThat(flow.tunnel()).isEqualTo("vxlan");
        });
    }

    @Test
    void icmpErrorIsNeitherFlowNorPing() {
        take(1_000, udp(true, ByteBuffer.allocate(4)));
        take(1_001, icmp(false, 3));
        take(1_002, icmp(true, 8));
        take(1_003, icmp(false, 0));
        take(1_004, icmp(false, 11));
        table.flush();
        assertThat(skipped).containsExactly("icmp_error", "icmp_error");
        assertThat(flows).extracting(Flow::protocol).containsExactly("UDP", "ICMP");
        assertThat(flows.get(0).destination().packets()).isZero();
        assertThat(flows.get(1).source().ip()).isEqualTo(CLIENT);
        assertThat(flows.get(1).source().packets()).isEqualTo(1);
        assertThat(flows.get(1).destination().packets()).isEqualTo(1);
    }

    private static byte[] icmp(boolean fromClient, int type) {
        return ip(fromClient, 1, 8).put((byte) type).array();
    }

    @Test
    void longConnectionIsReportedEveryMinute() {
        take(0, tcp(false, ACK, "x"));
        take(59_000, tcp(true, ACK, "y"));
        take(61_000, tcp(false, ACK, "z"));
        assertThat(flows).hasSize(1);
        take(62_000, tcp(false, ACK, "zz"));
        table.flush();
        assertThat(flows)
                .hasSize(2)
                .allSatisfy(flow -> assertThat(flow.destination().ip()).isEqualTo(SERVER));
        assertThat(flows.get(0).destination().packets()).isEqualTo(2);
        assertThat(flows.get(1).destination().packets())
                .as("reported counts are not reported again")
                .isEqualTo(1);
        assertThat(flows.get(1).source().packets()).isZero();
    }

    @Test
    void packetOnSeveralInterfacesCountsOnTheFirst() {
        for (int on : new int[] {3, 5, 7}) {
            table.take(
                    Packet.read(Packet.Link.RAW, ByteBuffer.wrap(tcp(true, SYN, "")))
                            .seenOn(on),
                    1_000);
        }
        for (int on : new int[] {7, 5, 3}) {
            table.take(
                    Packet.read(Packet.Link.RAW, ByteBuffer.wrap(tcp(false, SYN | ACK, "")))
                            .seenOn(on),
                    1_001);
        }
        table.flush();
        assertThat(flows).singleElement().satisfies(flow -> {
            assertThat(flow.source().packets()).isEqualTo(1);
            assertThat(flow.destination().packets()).isEqualTo(1);
        });
    }

    @Test
    void firstFragmentsBeyondTheBoundEvictTheOldest() {
        byte[] first = udp(true, ByteBuffer.wrap("x".repeat(100).getBytes(StandardCharsets.US_ASCII)));
        int more = 5;
        for (int id = 0; id < Fragments.MOST + more; id++) {
            ByteBuffer.wrap(first).putShort(4, (short) id).putShort(6, (short) 0x2000);
            take(1_000, first);
        }
        assertThat(evicted).hasSize(more).containsOnly("fragment");
    }

    @Test
    void flowBeyondTheCapacityIsReportedEarly() {
        for (int port = 0; port < 5; port++) {
            byte[] opening = tcp(true, SYN, "");
            ByteBuffer.wrap(opening).putShort(20, (short) (50_000 + port));
            take(1_000 + port, opening);
        }
        assertThat(flows).extracting(flow -> flow.source().port()).containsExactly(50_000, 50_001);
        assertThat(evicted).containsExactly("flow", "flow");
    }

    @Test
    void laterFragmentsBelongToTheFirst() {
        byte[] first = udp(true, ByteBuffer.wrap("x".repeat(100).getBytes(StandardCharsets.US_ASCII)));
        ByteBuffer.wrap(first).putShort(4, (short) 77).putShort(6, (short) 0x2000);
        byte[] later = udp(true, ByteBuffer.wrap("y".repeat(50).getBytes(StandardCharsets.US_ASCII)));
        ByteBuffer.wrap(later).putShort(4, (short) 77).putShort(6, (short) 16);
        take(1_000, first);
        take(1_000, later);
        table.flush();
        assertThat(flows).singleElement().satisfies(flow -> {
            assertThat(flow.destination().port()).isEqualTo(53);
            assertThat(flow.source().packets()).isEqualTo(2);
            assertThat(flow.source().bytes()).isEqualTo(128 + 78);
        });
    }

    @Test
    void dnsIsReportedWithItsAnswer() {
        ByteBuffer question = dns(0x0100, 0);
        ByteBuffer answer = dns(0x8180, 1);
        take(5, udp(true, question));
        take(6, udp(false, answer));
        assertThat(flows).hasSize(2).allSatisfy(flow -> {
            assertThat(flow.source().ip()).isEqualTo(CLIENT);
            assertThat(flow.destination().port()).isEqualTo(53);
        });
        assertThat(flows.get(0).l7().dns()).isEqualTo(new L7.Dns("a.example", "A", null, null));
        assertThat(flows.get(1).l7().dns()).isEqualTo(new L7.Dns("a.example", "A", "NOERROR", List.of("192.0.2.7")));
    }

    @Test
    void tlsNameIsReadFromTheClientHello() {
        take(1, tcp(true, SYN, ""));
        take(2, tcp(true, ACK, hello("shop.example")));
        table.flush();
        assertThat(flows).singleElement().satisfies(flow -> {
            assertThat(flow.l7()).isEqualTo(new L7(null, null, new L7.Tls("shop.example")));
            assertThat(flow.encrypted()).isTrue();
        });
    }

    @Test
    void capturesOfEveryKindAreRead() throws IOException {
        byte[] frame = frame(tcp(true, SYN, ""));
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            assertThat(times(pcap(order, 0xa1b2c3d4, frame))).containsExactly(5_000_250L);
            assertThat(times(pcap(order, 0xa1b23c4d, frame))).containsExactly(5_000_000L);
            assertThat(times(pcapng(order, frame))).containsExactly(5_000_250L);
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(pcap(ByteOrder.LITTLE_ENDIAN, 0xa1b2c3d4, frame));
        }
        assertThat(times(packed.toByteArray())).hasSize(1);
        byte[] good = pcap(ByteOrder.LITTLE_ENDIAN, 0xa1b2c3d4, frame);
        assertThatThrownBy(() -> times(java.util.Arrays.copyOf(good, good.length - 1)))
                .hasMessage("is cut off in the middle of a packet");
        assertThatThrownBy(() -> times(new byte[] {1, 2, 3, 4, 5}))
                .hasMessageStartingWith("is neither pcap nor pcapng");
    }

    @Test
    void mutatedCapturesThrowNothingElse() throws IOException {
        Random random = new Random(11);
        byte[][] frames = {
            frame(tcp(true, ACK, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n")),
            frame(udp(false, dns(0x8180, 1))),
            frame(tcp(true, ACK, hello("shop.example")))
        };
        for (int i = 0; i < 1_000_000; i++) {
            byte[] bad = frames[i % 3].clone();
            for (int j = 0; j <= i % 4; j++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            Packet packet = Packet.read(Packet.Link.ETHERNET, ByteBuffer.wrap(bad, 0, random.nextInt(bad.length + 1)));
            if (packet != null) {
                table.take(packet, i);
                assertThat(table.size()).isLessThanOrEqualTo(3);
            }
            flows.clear();
        }
        byte[][] captures = {
            pcap(ByteOrder.LITTLE_ENDIAN, 0xa1b2c3d4, frames[0]), pcapng(ByteOrder.BIG_ENDIAN, frames[1])
        };
        int damaged = 0;
        for (int i = 0; i < 300_000; i++) {
            byte[] bad = captures[i % 2].clone();
            for (int j = 0; j <= i % 3; j++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                times(bad);
            } catch (IOException e) {
                damaged++;
            }
        }
        assertThat(damaged).isPositive();
    }

    private void take(long ms, byte[] ip) {
        table.take(Packet.read(Packet.Link.RAW, ByteBuffer.wrap(ip)), ms);
    }

    private static List<Long> times(byte[] capture) throws IOException {
        List<Long> times = new ArrayList<>();
        try (CaptureReader reader = CaptureReader.of(new ByteArrayInputStream(capture))) {
            for (CaptureReader.Captured each = reader.read(); each != null; each = reader.read()) {
                Packet packet = Packet.read(each.link(), each.bytes());
                if (packet != null) {
                    times.add(each.timeMs());
                }
            }
        }
        return times;
    }

    private static byte[] tcp(boolean fromClient, int flags, String payload) {
        return tcp(fromClient, flags, payload.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static byte[] tcp(boolean fromClient, int flags, byte[] payload) {
        ByteBuffer ip = ip(fromClient, 6, 20 + payload.length);
        ip.putShort((short) (fromClient ? 40_000 : 80)).putShort((short) (fromClient ? 80 : 40_000));
        ip.putInt(1)
                .putInt(1)
                .put((byte) 0x50)
                .put((byte) flags)
                .putShort((short) 0)
                .putInt(0)
                .put(payload);
        return ip.array();
    }

    private static byte[] udp(boolean fromClient, ByteBuffer payload) {
        ByteBuffer ip = ip(fromClient, 17, 8 + payload.remaining());
        ip.putShort((short) (fromClient ? 40_000 : 53)).putShort((short) (fromClient ? 53 : 40_000));
        ip.putInt(0).put(payload.duplicate());
        return ip.array();
    }

    private static ByteBuffer ip(boolean fromClient, int protocol, int length) {
        ByteBuffer ip = ByteBuffer.allocate(20 + length);
        ip.put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) (20 + length))
                .putInt(0)
                .put((byte) 64)
                .put((byte) protocol);
        ip.putShort((short) 0);
        ip.put(new byte[] {10, 0, 0, (byte) (fromClient ? 1 : 2), 10, 0, 0, (byte) (fromClient ? 2 : 1)});
        return ip;
    }

    private static byte[] frame(byte[] ip) {
        return ByteBuffer.allocate(14 + ip.length)
                .put(new byte[12])
                .putShort((short) 0x0800)
                .put(ip)
                .array();
    }

    private static ByteBuffer dns(int flags, int answers) {
        ByteBuffer dns = ByteBuffer.allocate(200);
        dns.putShort((short) 7)
                .putShort((short) flags)
                .putShort((short) 1)
                .putShort((short) answers)
                .putInt(0);
        dns.put((byte) 1)
                .put((byte) 'a')
                .put((byte) 7)
                .put("example".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 0);
        dns.putShort((short) 1).putShort((short) 1);
        if (answers > 0) {
            dns.putShort((short) 0xc00c)
                    .putShort((short) 1)
                    .putShort((short) 1)
                    .putInt(60)
                    .putShort((short) 4);
            dns.put(new byte[] {(byte) 192, 0, 2, 7});
        }
        return dns.flip();
    }

    private static byte[] hello(String name) {
        ByteBuffer extensions = ByteBuffer.allocate(9 + name.length());
        extensions.putShort((short) 0).putShort((short) (5 + name.length())).putShort((short) (3 + name.length()));
        extensions.put((byte) 0).putShort((short) name.length()).put(name.getBytes(StandardCharsets.US_ASCII));
        ByteBuffer body = ByteBuffer.allocate(2 + 32 + 1 + 4 + 2 + 2 + extensions.capacity());
        body.putShort((short) 0x0303)
                .put(new byte[32])
                .put((byte) 0)
                .putShort((short) 2)
                .putShort((short) 0x1301);
        body.put((byte) 1).put((byte) 0).putShort((short) extensions.capacity()).put(extensions.array());
        ByteBuffer record = ByteBuffer.allocate(9 + body.capacity());
        record.put((byte) 22).putShort((short) 0x0301).putShort((short) (4 + body.capacity()));
        record.put((byte) 1).put((byte) 0).putShort((short) body.capacity()).put(body.array());
        return record.array();
    }

    private static byte[] pcap(ByteOrder order, int magic, byte[] frame) {
        ByteBuffer file = ByteBuffer.allocate(24 + 16 + frame.length).order(order);
        file.putInt(magic)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(65_535)
                .putInt(1);
        return file.putInt(5_000)
                .putInt(250_000)
                .putInt(frame.length)
                .putInt(frame.length)
                .put(frame)
                .array();
    }

    private static byte[] pcapng(ByteOrder order, byte[] frame) {
        int padded = (frame.length + 3) / 4 * 4;
        ByteBuffer file = ByteBuffer.allocate(28 + 20 + 32 + padded).order(order);
        file.putInt(0x0a0d0d0a)
                .putInt(28)
                .putInt(0x1a2b3c4d)
                .putInt(1)
                .putLong(-1)
                .putInt(28);
        file.putInt(1)
                .putInt(20)
                .putShort((short) 1)
                .putShort((short) 0)
                .putInt(0)
                .putInt(20);
        long micros = 5_000_250_000L;
        file.putInt(6)
                .putInt(32 + padded)
                .putInt(0)
                .putInt((int) (micros >>> 32))
                .putInt((int) micros);
        file.putInt(frame.length).putInt(frame.length).put(frame);
        return file.position(28 + 20 + 28 + padded).putInt(32 + padded).array();
    }
}
