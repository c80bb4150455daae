package dev.weir.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks the verdicts, duplicates and translations of Envoy and NetObserv. */
class VerdictLinesTest {
    private static final String ENVOY = "{\"start_time\":\"2026-05-01T10:00:00Z\",\"response_code\":0,"
            + "\"downstream_remote_address\":\"10.0.1.5:44321\",\"downstream_local_address\":\"10.0.2.9:5432\","
            + "\"connection_termination_details\":%s}";
    private static final String NETOBSERV = "{\"SrcAddr\":\"10.0.1.5\",\"DstAddr\":\"10.96.0.7\",\"SrcPort\":44321,"
            + "\"DstPort\":80,\"Proto\":6,\"TimeFlowStartMs\":1,\"Packets\":5,\"Bytes\":500,"
            + "\"DstK8S_Type\":\"Service\",\"DstK8S_Namespace\":\"data\",\"DstK8S_Name\":\"db\",%s}";

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            nullValues = "-",
            value = {
                "\"rbac_access_denied_matched_policy[none]\", DROPPED, POLICY_DENIED",
                "\"rbac_access_denied_matched_policy[ns[data]-policy[deny-web]-rule[0]]\", DROPPED, POLICY_DENIED",
                "null, FORWARDED, -",
                "\"-\", FORWARDED, -"
            })
    void envoyDetailsDecideTheVerdict(String details, Verdict verdict, @Nullable String reason) {
        Flow flow = Reading.one(ENVOY.formatted(details));
        assertThat(flow.verdict()).isEqualTo(verdict);
        assertThat(flow.dropReason()).isEqualTo(reason);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            nullValues = "-",
            delimiter = ';',
            value = {
                "[{\"Feature\":\"acl\",\"Type\":\"NetworkPolicy\",\"Action\":\"drop\"}]; DROPPED; POLICY_DENIED",
                "[{\"Action\":\"allow\"},{\"Action\":\"reject\"}]; DROPPED; POLICY_DENIED",
                "[\"Dropped by network policy deny in namespace data\"]; DROPPED; POLICY_DENIED",
                "[{\"Action\":\"allow-related\"}]; FORWARDED; -",
                "[{\"Action\":\"pass\"}]; UNKNOWN; -",
                "[]; UNKNOWN; -"
            })
    void netobservEventsDecideTheVerdict(String events, Verdict verdict, @Nullable String reason) {
        Flow flow = Reading.one(NETOBSERV.formatted("\"NetworkEvents\":" + events));
        assertThat(flow.verdict()).isEqualTo(verdict);
        assertThat(flow.dropReason()).isEqualTo(reason);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"true, 0", "\"true\", 0", "false, 1", "null, 1"})
    void duplicateOfNetobservIsNoFlow(String duplicate, int flows) {
        assertThat(Reading.all(NETOBSERV.formatted("\"Duplicate\":" + duplicate)))
                .hasSize(flows);
    }

    @Test
    void translatedDestinationIsThePod() {
        Flow flow = Reading.one(NETOBSERV.formatted("\"XlatSrcAddr\":\"10.0.1.5\",\"XlatDstAddr\":\"10.0.2.9\","
                + "\"XlatDstPort\":8080,\"XlatDstK8S_Type\":\"Pod\",\"XlatDstK8S_Namespace\":\"data\","
                + "\"XlatDstK8S_Name\":\"db-0\""));
        assertThat(flow.destination().ip()).isEqualTo("10.0.2.9");
        assertThat(flow.destination().port()).isEqualTo(8080);
        assertThat(flow.destination().pod()).isEqualTo("db-0");
        assertThat(flow.destination().namespace()).isEqualTo("data");
        assertThat(flow.destination().service()).isEqualTo("db");
    }

    @Test
    void emptyTranslationChangesNothing() {
        Flow flow = Reading.one(NETOBSERV.formatted("\"XlatDstAddr\":\"0.0.0.0\",\"XlatDstPort\":0"));
        assertThat(flow.destination().ip()).isEqualTo("10.96.0.7");
        assertThat(flow.destination().port()).isEqualTo(80);
        assertThat(flow.destination().service()).isEqualTo("db");
    }
}
