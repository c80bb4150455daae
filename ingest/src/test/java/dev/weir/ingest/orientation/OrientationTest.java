package dev.weir.ingest.orientation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.orientation.OrientationDecision.Criterion;
import dev.weir.model.Direction;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.TcpFlags;
import dev.weir.model.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrientationTest {
    private static final int EPHEMERAL = 50_000;

    @Test
    void recordOutranksFlags() {
        Flow syn = half(EPHEMERAL, 443, TcpFlags.SYN);
        assertThat(Orientation.of(syn.toBuilder().isReply(true).build()))
                .isEqualTo(new OrientationDecision(true, Criterion.RECORD));
        assertThat(Orientation.of(syn.toBuilder().isReply(false).build()))
                .isEqualTo(new OrientationDecision(false, Criterion.RECORD));
    }

    @Test
    void synWithoutAckOpensInSpiteOfPorts() {
        assertThat(Orientation.of(half(443, EPHEMERAL, TcpFlags.SYN | TcpFlags.FIN)))
                .isEqualTo(new OrientationDecision(false, Criterion.FLAGS));
    }

    @Test
    void refusalIsAnAnswerOnlyInAHalf() {
        Flow refusal = half(EPHEMERAL, 443, TcpFlags.RST | TcpFlags.ACK);
        assertThat(Orientation.of(refusal)).isEqualTo(new OrientationDecision(true, Criterion.FLAGS));
        Flow whole = refusal.toBuilder()
                .destination(refusal.destination().withCounters(1L, 1L, null))
                .build();
        assertThat(Orientation.of(whole).by()).isEqualTo(Criterion.PORTS);
        assertThat(Orientation.of(half(EPHEMERAL, 443, TcpFlags.RST)).by()).isEqualTo(Criterion.PORTS);
    }

    @Test
    void silentSourceIsTheAnsweringSide() {
        Flow flow = half(40_000, EPHEMERAL, null).toBuilder()
                .source(Endpoint.of("10.0.0.1", 40_000).withCounters(0L, 0L, null))
                .destination(Endpoint.of("10.0.0.2", EPHEMERAL).withCounters(9L, 1L, null))
                .build();
        assertThat(Orientation.of(flow)).isEqualTo(new OrientationDecision(true, Criterion.SENT));
    }

    @Test
    void recordWithoutAnyHintStaysAsItIs() {
        assertThat(Orientation.of(half(40_000, EPHEMERAL, null)))
                .isEqualTo(new OrientationDecision(false, Criterion.NOTHING));
    }

    @ParameterizedTest
    @CsvSource({
        "80, 50000, true",
        "50000, 80, false",
        "1023, 1024, true",
        "8080, 32768, true",
        "32768, 32767, false",
        "443, 80, ",
        "40000, 50000, ",
        "0, 50000, ",
        "80, 0, ",
        ", 80, ",
        "80, , "
    })
    void lowerRangeOfPortsIsTheServers(@Nullable Integer from, @Nullable Integer to, @Nullable Boolean isFromServer) {
        assertThat(Orientation.isFromServer(from, to)).isEqualTo(isFromServer);
    }

    @Test
    void turnedRecordIsNoReply() {
        Flow reply = half(443, EPHEMERAL, null).toBuilder().isReply(true).build();
        Flow turned = Orientation.turned(reply);
        assertThat(turned.source()).isEqualTo(reply.destination());
        assertThat(turned.destination()).isEqualTo(reply.source());
        assertThat(turned.isReply()).isFalse();
        assertThat(Orientation.turned(half(443, EPHEMERAL, null)).isReply()).isNull();
    }

    @Test
    void mergedHalvesKeepTheirOwnCounters() {
        Flow opener = half(EPHEMERAL, 443, TcpFlags.SYN).toBuilder()
                .startMs(100L)
                .endMs(200L)
                .source(named("10.0.0.1", EPHEMERAL, null).withCounters(10L, 1L, TcpFlags.SYN))
                .destination(named("10.0.0.2", 443, "db"))
                .sampling(5)
                .build();
        Flow answer = half(443, EPHEMERAL, null).toBuilder()
                .startMs(90L)
                .endMs(210L)
                .source(named("10.0.0.2", 443, null).withCounters(20L, 2L, TcpFlags.ACK))
                .destination(named("10.0.0.1", EPHEMERAL, "web"))
                .verdict(Verdict.DROPPED)
                .dropReason("POLICY_DENIED")
                .build();
        Flow merged = Orientation.merged(opener, answer);
        assertThat(merged.startMs()).isEqualTo(90);
        assertThat(merged.endMs()).isEqualTo(210);
        assertThat(List.of(merged.source().bytes(), merged.destination().bytes()))
                .containsExactly(10L, 20L);
        assertThat(List.of(merged.source().workload(), merged.destination().workload()))
                .containsExactly("web", "db");
        assertThat(merged.verdict()).isEqualTo(Verdict.DROPPED);
        assertThat(merged.dropReason()).isEqualTo("POLICY_DENIED");
        assertThat(merged.sampling()).isEqualTo(5);
    }

    @Test
    void joinedReportsHaveTheLargerCounters() {
        Flow first = half(EPHEMERAL, 443, TcpFlags.SYN).toBuilder()
                .direction(Direction.EGRESS)
                .reporter("n1")
                .verdict(Verdict.UNKNOWN)
                .build();
        Flow second = first.toBuilder()
                .source(named("10.0.0.1", EPHEMERAL, "web").withCounters(40L, null, TcpFlags.FIN))
                .direction(Direction.INGRESS)
                .reporter("n2")
                .verdict(Verdict.FORWARDED)
                .build();
        Flow joined = Orientation.joined(first, second);
        assertThat(joined.source().bytes()).isEqualTo(40);
        assertThat(joined.source().packets()).isEqualTo(1);
        assertThat(joined.source().tcpFlags()).isEqualTo(TcpFlags.SYN | TcpFlags.FIN);
        assertThat(joined.source().workload()).isEqualTo("web");
        assertThat(joined.direction()).isNull();
        assertThat(joined.reporter()).isEqualTo("n1,n2");
        assertThat(joined.verdict()).isEqualTo(Verdict.FORWARDED);
    }

    private static Endpoint named(String ip, int port, @Nullable String workload) {
        return Endpoint.of(ip, port).toBuilder().workload(workload).build();
    }

    private static Flow half(int from, int to, @Nullable Integer flags) {
        return Flow.builder()
                .startMs(5L)
                .endMs(6L)
                .source(Endpoint.of("10.0.0.1", from).withCounters(10L, 1L, flags))
                .destination(Endpoint.of("10.0.0.2", to))
                .protocol("TCP")
                .verdict(Verdict.FORWARDED)
                .build();
    }
}
