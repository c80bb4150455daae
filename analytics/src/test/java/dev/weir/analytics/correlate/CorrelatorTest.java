package dev.weir.analytics.correlate;

import static dev.weir.analytics.Samples.finding;
import static dev.weir.analytics.Samples.flow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.Finding;
import dev.weir.model.Alert;
import dev.weir.model.Evidence;
import dev.weir.model.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CorrelatorTest {
    @Test
    void findingsAddUpInAnyOrder() {
        Alert first = Correlator.first(finding(100, 1, "x"));
        List<Finding> more = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            more.add(finding(90 + i, i, "x"));
        }
        Alert grown = Correlator.grown(first, more);
        Collections.shuffle(more, new Random(4));
        assertThat(Correlator.grown(first, more)).isEqualTo(grown);
        assertThat(grown.count()).isEqualTo(191);
        assertThat(grown.firstSeenMs()).isEqualTo(90);
        assertThat(grown.lastSeenMs()).isEqualTo(109);
        assertThat(grown.revision()).isEqualTo(2);
        assertThat(grown.summary()).isEqualTo("summary 109");
        assertThat(grown.supersedes(first)).isTrue();
    }

    @Test
    void flowsOfTwoDetectorsCountOnceInAnyOrder() {
        Evidence flows = new Evidence(Map.of(), Map.of(), List.of(flow(90, "10.0.0.1", "10.0.0.2", 22)), List.of());
        Finding ofSource = finding(100, 4, "x").toBuilder()
                .evidence(flows)
                .summary("by the source")
                .build();
        Finding ofDestination =
                ofSource.toBuilder().summary("by the destination").build();
        Finding other = finding(100, 4, "x");
        Finding sum = Finding.merged(List.of(ofSource, other, ofDestination));
        assertThat(sum.count()).isEqualTo(8);
        assertThat(Finding.merged(List.of(ofDestination, ofSource, other))).isEqualTo(sum);
        assertThat(Finding.merged(List.of(ofDestination, ofSource))).isEqualTo(ofSource);
        Alert alert = Correlator.first(finding(50, 1, "x"));
        assertThat(Correlator.grown(alert, List.of(ofDestination, ofSource)).count())
                .isEqualTo(5);
    }

    @Test
    void repeatedDenialsEscalate() {
        Finding denied = denied(1);
        assertThat(Correlator.first(denied).severity()).isEqualTo(Severity.LOW);
        Alert often = Correlator.grown(Correlator.first(denied), List.of(denied(19)));
        assertThat(often.severity()).isEqualTo(Severity.MEDIUM);
        assertThat(Correlator.grown(often, List.of(denied(500))).severity()).isEqualTo(Severity.HIGH);
    }

    @Test
    void fingerprintDependsOnSubjectAndOnNothingElse() {
        assertThat(finding(1, 1, "a").fingerprint())
                .hasSize(16)
                .isEqualTo(finding(2, 9, "a").fingerprint());
        assertThat(finding(1, 1, "a").fingerprint())
                .isNotEqualTo(finding(1, 1, "b").fingerprint());
    }

    private static Finding denied(long count) {
        return finding(1, count, "x").toBuilder().detector("policy-denied").build();
    }
}
