package dev.weir.ingest.collector.conntrack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.ConnectionOutcome;
import dev.weir.model.Flow;
import dev.weir.model.TcpFlags;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Feeds lines as the conntrack program writes them. */
class ConntrackFlowsTest {
    private static final String TUPLES = "src=10.0.0.1 dst=10.96.0.9 sport=40000 dport=80 %s src=10.0.0.2 dst=10.0.0.1"
            + " sport=8080 dport=40000 %s [ASSURED] id=77";

    private final List<Flow> flows = new ArrayList<>();
    private int evicted;
    private int endsEvicted;
    private final ConntrackFlows connections =
            new ConntrackFlows(100, "n1", flows::add, () -> {}, () -> evicted++, () -> endsEvicted++);

    @Test
    void endedConnectionHasUntranslatedAddresses() {
        event("[100.500000]\t    [NEW] tcp      6 120 SYN_SENT " + TUPLES.formatted("[UNREPLIED]", ""));
        event("[100.600000]\t [UPDATE] tcp      6 60 ESTABLISHED " + TUPLES.formatted("", ""));
        event("[103.000000]\t[DESTROY] tcp      6 119 TIME_WAIT "
                + TUPLES.formatted("packets=6 bytes=323", "packets=4 bytes=222") + " delta-time=2");
        assertThat(flows).singleElement().satisfies(flow -> {
            assertThat(flow.source().ip()).isEqualTo("10.0.0.1");
            assertThat(flow.destination().ip()).isEqualTo("10.0.0.2");
            assertThat(flow.destination().port()).isEqualTo(8080);
            assertThat(flow.destination().service()).isEqualTo("10.96.0.9");
            assertThat(flow.startMs()).isEqualTo(100_500);
            assertThat(flow.endMs()).isEqualTo(103_000);
            assertThat(flow.source().bytes()).isEqualTo(323);
            assertThat(flow.destination().packets()).isEqualTo(4);
            assertThat(flow.destination().tcpFlags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK | TcpFlags.FIN);
        });
    }

    @Test
    void longConnectionIsReportedInParts() {
        String listed = "tcp      6 431999 ESTABLISHED " + TUPLES;
        list(listed.formatted("packets=10 bytes=1000", "packets=8 bytes=800") + " delta-time=50", 200_000);
        assertThat(flows).as("not a minute old").isEmpty();
        list(listed.formatted("packets=20 bytes=2000", "packets=8 bytes=800"), 220_000);
        list(listed.formatted("packets=20 bytes=2000", "packets=8 bytes=800"), 290_000);
        assertThat(flows).as("nothing more was sent").hasSize(1);
        event("[300.000000]\t[DESTROY] tcp      6 119 TIME_WAIT "
                + TUPLES.formatted("packets=25 bytes=2500", "packets=9 bytes=900"));
        assertThat(flows).hasSize(2);
        assertThat(flows.get(0).startMs()).isEqualTo(150_000);
        assertThat(flows.get(0).source().bytes()).isEqualTo(2_000);
        assertThat(flows.get(1).source().bytes()).isEqualTo(500);
        assertThat(flows.get(1).destination().bytes()).isEqualTo(100);
        assertThat(flows.get(1).startMs()).isEqualTo(220_000);
    }

    @Test
    void countsBeforeTheStartAreNotReported() {
        String listed = "tcp      6 431999 ESTABLISHED " + TUPLES;
        connections.begun(
                ConntrackLine.parse(
                        listed.formatted("packets=10 bytes=1000", "packets=8 bytes=800") + " delta-time=500"),
                200_000);
        list(listed.formatted("packets=10 bytes=1000", "packets=8 bytes=800"), 290_000);
        assertThat(flows).isEmpty();
        event("[300.000000]\t[DESTROY] tcp      6 119 TIME_WAIT "
                + TUPLES.formatted("packets=12 bytes=1200", "packets=9 bytes=900"));
        assertThat(flows).singleElement().satisfies(flow -> {
            assertThat(flow.source().bytes()).isEqualTo(200);
            assertThat(flow.destination().bytes()).isEqualTo(100);
            assertThat(flow.startMs()).isEqualTo(200_000);
        });
        list(listed.formatted("packets=12 bytes=1200", "packets=9 bytes=900"), 400_000);
        assertThat(flows).as("the listing is older than the end").hasSize(1);
    }

    @Test
    void resetWithoutReplyFlagIsSeenAsRefusal() {
        event("[100.500000]\t    [NEW] tcp      6 120 SYN_SENT " + TUPLES.formatted("[UNREPLIED]", ""));
        event("[100.600000]\t[DESTROY] tcp      6 120 CLOSE "
                + TUPLES.formatted("packets=1 bytes=60 [UNREPLIED]", "packets=1 bytes=40"));
        assertThat(flows).singleElement().satisfies(flow -> {
            assertThat(flow.destination().tcpFlags()).isEqualTo(TcpFlags.RST | TcpFlags.ACK);
            assertThat(ConnectionOutcome.of(flow)).isEqualTo(ConnectionOutcome.REFUSED);
        });
    }

    @Test
    void connectionsBeyondTheCapacityAreCounted() {
        for (int i = 0; i < 150; i++) {
            event("[100.500000]\t    [NEW] tcp      6 120 SYN_SENT "
                    + TUPLES.formatted("[UNREPLIED]", "").replace("id=77", "id=" + (1_000 + i)));
        }
        assertThat(evicted).isEqualTo(50);
    }

    @Test
    void endsBeyondTheBoundAreCounted() {
        for (int i = 0; i < ConntrackFlows.MOST_ENDED + 7; i++) {
            event("[100.500000]\t[DESTROY] tcp      6 "
                    + TUPLES.formatted("", "").replace("id=77", "id=" + (1_000 + i)));
        }
        assertThat(endsEvicted).isEqualTo(7);
    }

    @Test
    void icmpIdsAreNotTakenForPorts() {
        event("[9.000000]\t[DESTROY] icmp     1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=5 packets=1 bytes=84"
                + " src=10.0.0.2 dst=10.0.0.1 type=0 code=0 id=5 packets=1 bytes=84 id=4242");
        assertThat(flows).singleElement().satisfies(flow -> {
            assertThat(flow.protocol()).isEqualTo("ICMP");
            assertThat(flow.source().port()).isNull();
            assertThat(flow.destination().bytes()).isEqualTo(84);
        });
    }

    @Test
    void mutatedLinesThrowNothing() {
        Random random = new Random(3);
        String good = "[103.000000]\t[DESTROY] tcp      6 119 TIME_WAIT "
                + TUPLES.formatted("packets=6 bytes=323", "packets=4 bytes=222") + " delta-time=2";
        int parsed = 0;
        for (int i = 0; i < 1_000_000; i++) {
            char[] bad = good.toCharArray();
            for (int j = 0; j <= i % 4; j++) {
                bad[random.nextInt(bad.length)] = " =[].-0123456789abcT\t".charAt(random.nextInt(21));
            }
            ConntrackLine line = ConntrackLine.parse(new String(bad));
            if (line != null && line.type() != null) {
                parsed++;
                connections.event(line);
                flows.clear();
            }
        }
        assertThat(parsed).isBetween(1_000, 999_999);
    }

    private void event(String text) {
        ConntrackLine line = ConntrackLine.parse(text);
        assertThat(line).as(text).isNotNull();
        connections.event(line);
    }

    private void list(String text, long nowMs) {
        ConntrackLine line = ConntrackLine.parse(text);
        assertThat(line).as(text).isNotNull();
        connections.listed(line, nowMs, 60_000);
    }
}
