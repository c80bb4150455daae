package dev.weir.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.orientation.Orientation;
import dev.weir.model.Flow;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that a port that a record does not have is absent, if the source omits it or writes 0. */
class AbsentPortTest {
    private static final String HUBBLE = "{\"flow\":{\"time\":\"2026-03-01T10:00:00Z\",\"verdict\":\"FORWARDED\","
            + "\"IP\":{\"source\":\"10.0.1.5\",\"destination\":\"10.0.2.9\"},\"l4\":{%s}}}";

    static Stream<Arguments> records() {
        return Stream.of(
                Arguments.of("hubble, TCP", HUBBLE.formatted("\"TCP\":{\"destination_port\":5432}")),
                Arguments.of("hubble, UDP", HUBBLE.formatted("\"UDP\":{\"destination_port\":5432}")),
                Arguments.of(
                        "hubble, SCTP", HUBBLE.formatted("\"SCTP\":{\"source_port\":0,\"destination_port\":5432}")),
                Arguments.of(
                        "weir",
                        "{\"start_ms\":1,\"protocol\":\"TCP\",\"source\":{\"ip\":\"10.0.1.5\",\"port\":0},"
                                + "\"destination\":{\"ip\":\"10.0.2.9\",\"port\":5432}}"),
                Arguments.of(
                        "netobserv",
                        "{\"SrcAddr\":\"10.0.1.5\",\"DstAddr\":\"10.0.2.9\",\"SrcPort\":0,\"DstPort\":5432,\"Proto\":6,"
                                + "\"TimeFlowStartMs\":1}"),
                Arguments.of(
                        "calico",
                        "{\"start_time\":1,\"source_ip\":\"10.0.1.5\",\"source_type\":\"net\",\"source_port\":0,"
                                + "\"dest_ip\":\"10.0.2.9\",\"dest_type\":\"net\",\"dest_port\":5432,\"proto\":\"tcp\"}"),
                Arguments.of(
                        "zeek",
                        "{\"ts\":1,\"id.orig_h\":\"10.0.1.5\",\"id.orig_p\":0,\"id.resp_h\":\"10.0.2.9\","
                                + "\"id.resp_p\":5432,\"proto\":\"tcp\"}"),
                Arguments.of(
                        "aws-vpc",
                        "2 123456789010 eni-1 10.0.1.5 10.0.2.9 0 5432 6 20 4249 1418530010 1418530070 ACCEPT OK"),
                Arguments.of(
                        "envoy",
                        "{\"start_time\":\"2026-05-01T10:00:00Z\",\"downstream_remote_address\":\"10.0.1.5:0\","
                                + "\"downstream_local_address\":\"10.0.2.9:5432\"}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("records")
    void missingSourcePortIsAbsentAndTurnsNothing(String name, String line) {
        Flow flow = Reading.one(line);
        assertThat(flow.source().port()).isNull();
        assertThat(flow.destination().port()).isEqualTo(5432);
        assertThat(Orientation.of(flow).reply()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACED", "TRANSLATED"})
    void socketEventOfHubbleIsNoFlow(String verdict) {
        String line = HUBBLE.formatted("\"TCP\":{\"destination_port\":5432}").replace("FORWARDED", verdict);
        assertThat(Reading.all(line)).isEmpty();
    }

    @Test
    void socketEventWithoutVerdictIsNoFlow() {
        String line = HUBBLE.formatted("\"TCP\":{\"destination_port\":5432}")
                .replace("\"verdict\":\"FORWARDED\"", "\"Type\":\"SOCK\"");
        assertThat(Reading.all(line)).isEmpty();
    }
}
