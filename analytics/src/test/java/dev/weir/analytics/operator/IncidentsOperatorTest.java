package dev.weir.analytics.operator;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.HOUR;
import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.FindingBuilder;
import dev.weir.analytics.correlate.Correlator;
import dev.weir.analytics.correlate.IncidentsConfig;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Feedback;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IncidentsOperatorTest {
    private KeyedBroadcastOperatorTestHarness<String, Alert, Feedback, Alert> harness;

    @BeforeEach
    void open() throws Exception {
        harness = new KeyedBroadcastOperatorTestHarness<>(
                new CoBroadcastWithKeyedOperator<>(
                        new IncidentsOperator(IncidentsConfig.defaults()), List.of(FeedbackState.DESCRIPTOR)),
                alert -> alert.cluster() == null ? "" : alert.cluster(),
                Types.STRING,
                1,
                1,
                0);
        harness.open();
        harness.processBroadcastWatermark(new Watermark(Long.MAX_VALUE));
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    private static Alert alert(
            long ms, String detector, String category, double confidence, Entity source, @Nullable Entity destination) {
        Entity to = destination == null ? Entity.unnamed() : destination;
        return Correlator.first(new FindingBuilder(detector)
                .subject(to.key() + ms)
                .category(category)
                .severity(Severity.of(Severity.MEDIUM, confidence))
                .confidence(confidence)
                .title(detector + " of " + source.display())
                .firstSeenMs(ms)
                .lastSeenMs(ms)
                .count(1)
                .source(source)
                .destination(to)
                .protocol("TCP")
                .build());
    }

    private List<Alert> put(Alert... alerts) throws Exception {
        int before = harness.extractOutputValues().size();
        long last = 0;
        for (Alert alert : alerts) {
            harness.processElement(alert, alert.lastSeenMs());
            last = Math.max(last, alert.lastSeenMs());
        }
        harness.processWatermark(new Watermark(last + 10_000));
        List<Alert> all = harness.extractOutputValues();
        return all.subList(before, all.size());
    }

    @Test
    void alertsOfOneActorAreOneIncidentAndOthersAreNot() throws Exception {
        List<Alert> sent = put(
                alert(0, "port-scan", "discovery", 0.9, workload("web"), workload("db")),
                alert(5, "flood", "impact", 0.9, workload("api"), workload("db")),
                alert(9, "beaconing", "command-and-control", 0.9, workload("web"), address("203.0.113.1")));
        assertThat(sent).extracting(Alert::detector).containsExactly("port-scan", "flood", "beaconing");
        assertThat(sent.get(2).incident())
                .isEqualTo(sent.get(0).incident())
                .isNotEqualTo(sent.get(1).incident());
    }

    @Test
    void compromisedHostContinuesTheIncidentAsAChain() throws Exception {
        List<Alert> sent = put(
                alert(0, "new-edge", "baseline", 0.8, workload("web"), workload("api")),
                alert(30 * MINUTE, "port-scan", "discovery", 0.9, workload("api"), workload("db")),
                alert(40 * MINUTE, "new-edge", "baseline", 0.8, workload("api"), workload("db")),
                alert(50 * MINUTE, "exfiltration", "exfiltration", 0.9, workload("db"), address("203.0.113.1")));
        assertThat(sent)
                .extracting(Alert::detector)
                .containsExactly(
                        "new-edge",
                        "port-scan",
                        "lateral-movement",
                        "new-edge",
                        "lateral-movement",
                        "exfiltration",
                        "lateral-movement");
        assertThat(sent).extracting(Alert::incident).containsOnly(sent.get(0).incident());
        Alert chain = sent.get(4);
        assertThat(chain.id()).isEqualTo(sent.get(2).id());
        assertThat(chain.revision()).isEqualTo(2);
        assertThat(chain.confidence()).isEqualTo(0.75);
        assertThat(chain.summary())
                .contains("40 minutes later")
                .contains(sent.get(0).id());
    }

    @Test
    void alertsOfAnIncidentOfManyTacticsAreEscalated() throws Exception {
        List<Alert> sent = put(
                alert(0, "port-scan", "discovery", 0.9, workload("web"), workload("db")),
                alert(1, "brute-force", "credential-access", 0.9, workload("web"), workload("db")),
                alert(2, "exfiltration", "exfiltration", 0.9, workload("web"), address("203.0.113.1")));
        assertThat(sent).extracting(Alert::severity).containsExactly(Severity.MEDIUM, Severity.MEDIUM, Severity.HIGH);
    }

    @Test
    void uncertainAlertBeyondTheBudgetIsFolded() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(put(alert(i * HOUR, "new-edge", "baseline", 0.5, workload("w" + i), null)))
                    .singleElement()
                    .satisfies(alert -> assertThat(alert.isUnreported()).isFalse());
        }
        List<Alert> sixth = put(alert(6 * HOUR, "new-edge", "baseline", 0.5, workload("w6"), null));
        assertThat(sixth).extracting(Alert::detector).containsExactly("digest", "new-edge");
        assertThat(sixth.get(1).digest()).isEqualTo(sixth.get(0).id());
        assertThat(sixth.get(1).isUnreported()).isTrue();
        List<Alert> seventh = put(alert(7 * HOUR, "new-edge", "baseline", 0.5, workload("w7"), null));
        assertThat(seventh.get(0).count()).isEqualTo(2);
        assertThat(seventh.get(0).supersedes(sixth.get(0))).isTrue();
        assertThat(seventh.get(0).summary())
                .startsWith("Weir reported 5 incidents of namespace shop on ")
                .endsWith(", the most that it reports in a day. These alerts were not reported singly because their"
                        + " confidence is low: new-edge of shop/w6; new-edge of shop/w7.");
        assertThat(put(alert(8 * HOUR, "port-scan", "discovery", 0.9, workload("w8"), null)))
                .as("certain ones are reported beyond the budget")
                .singleElement()
                .satisfies(alert -> assertThat(alert.isUnreported()).isFalse());
        assertThat(put(alert(25 * HOUR, "new-edge", "baseline", 0.5, workload("w9"), null)))
                .as("another day")
                .singleElement()
                .satisfies(alert -> assertThat(alert.isUnreported()).isFalse());
    }

    @Test
    void digestWithinTheBudgetNamesLowConfidence() throws Exception {
        List<Alert> sent = put(alert(0, "new-edge", "baseline", 0.4, workload("web"), null));
        assertThat(sent).extracting(Alert::detector).containsExactly("digest", "new-edge");
        assertThat(sent.get(0).title()).startsWith("1 further alert of namespace shop on ");
        assertThat(sent.get(0).summary())
                .startsWith("Weir reported 0 incidents of namespace shop on ")
                .endsWith(", fewer than the 5 that it reports in a day at most. These alerts were not reported singly"
                        + " because their confidence is low: new-edge of shop/web.");
    }

    @Test
    void furtherAlertsOfOneTechniqueShareOneThatGrows() throws Exception {
        List<Alert> last = List.of();
        int reported = 0;
        for (int i = 0; i < 143; i++) {
            Entity target = workload("target-" + i);
            double confidence = i % 2 == 0 ? 0.95 : 0.9;
            last = put(alert(i * 25_000, "port-scan", "discovery", confidence, workload("scanner"), target));
            reported += (int) last.stream().filter(each -> !each.isUnreported()).count();
            if (i < 5) {
                assertThat(last).singleElement().satisfies(each -> assertThat(each.isUnreported())
                        .isFalse());
            }
        }
        assertThat(last).hasSize(2);
        assertThat(last.get(0).digest()).isEqualTo(last.get(1).id());
        Alert shared = last.get(1);
        assertThat(shared.count()).isEqualTo(138);
        assertThat(shared.revision()).isEqualTo(138);
        assertThat(shared.incident()).isEqualTo(last.get(0).incident());
        assertThat(shared.title()).isEqualTo("138 further alerts of shop/scanner (port-scan)");
        assertThat(shared.summary())
                .contains("beside 5 that were reported one by one", last.get(0).id());
        assertThat(reported).isEqualTo(143);
    }

    @Test
    void furtherChainsOfOneActorShareOneAlert() throws Exception {
        List<Alert> last = List.of();
        for (int i = 0; i < 12; i++) {
            long at = i * MINUTE;
            put(alert(at, "new-edge", "baseline", 0.9, workload("web"), workload("w" + i)));
            last = put(
                    alert(at + 10_000, "flood", "impact", 0.9, workload("w" + i), workload("db")),
                    alert(at + 20_000, "new-edge", "baseline", 0.9, workload("w" + i), workload("x" + i)));
        }
        assertThat(last)
                .filteredOn(each -> each.detector().equals("lateral-movement") && each.digest() != null)
                .hasSize(1);
        assertThat(last)
                .filteredOn(each -> each.title().equals("7 further alerts of shop/web (lateral-movement)"))
                .hasSize(1);
    }

    @Test
    void otherTechniqueOrIncidentIsNotFoldedTogether() throws Exception {
        for (int i = 0; i < 5; i++) {
            put(alert(i, "port-scan", "discovery", 0.9, workload("scanner"), workload("t" + i)));
        }
        assertThat(put(
                        alert(6, "flood", "impact", 0.9, workload("scanner"), workload("db")),
                        alert(7, "port-scan", "discovery", 0.9, workload("other"), workload("db"))))
                .allSatisfy(each -> assertThat(each.isUnreported()).isFalse());
    }

    @Test
    void furtherAlertsOfAReportedIncidentCostNoBudget() throws Exception {
        for (int i = 0; i < 4; i++) {
            put(alert(i, "new-edge" + i, "baseline", 0.5, workload("web"), null));
        }
        for (int i = 0; i < 4; i++) {
            assertThat(put(alert(10 + i, "new-edge", "baseline", 0.5, workload("w" + i), null)))
                    .singleElement()
                    .satisfies(each -> assertThat(each.isUnreported()).isFalse());
        }
        assertThat(put(alert(20, "new-edge", "baseline", 0.5, workload("sixth"), null)))
                .extracting(Alert::detector)
                .containsExactly("digest", "new-edge");
        assertThat(put(alert(21, "flood", "impact", 0.5, workload("web"), null)))
                .as("of an incident that is reported")
                .singleElement()
                .satisfies(each -> assertThat(each.isUnreported()).isFalse());
    }

    @Test
    void decisionSuppressesUntilItExpiresOrIsUndone() throws Exception {
        Feedback quiet = new Feedback(
                "s1", Feedback.Action.SUPPRESS, null, "shop", "web", "flood", null, HOUR, 0, "ann", "load test");
        harness.processBroadcastElement(quiet, 0);
        assertThat(put(alert(0, "flood", "impact", 0.9, workload("web"), null))
                        .get(0)
                        .suppressedBy())
                .isEqualTo("s1");
        assertThat(put(alert(MINUTE, "flood", "impact", 0.9, workload("api"), null))
                        .get(0)
                        .suppressedBy())
                .isNull();
        assertThat(put(alert(2 * HOUR, "flood", "impact", 0.9, workload("web"), null))
                        .get(0)
                        .suppressedBy())
                .as("expired")
                .isNull();
        Alert scan = alert(3 * HOUR, "port-scan", "discovery", 0.9, workload("web"), null);
        Feedback expected = new Feedback(
                "e1",
                Feedback.Action.EXPECTED,
                null,
                null,
                null,
                "port-scan",
                scan.id(),
                null,
                0,
                "ann",
                "our scanner");
        harness.processBroadcastElement(expected, 0);
        assertThat(put(scan).get(0).suppressedBy()).isEqualTo("e1");
        harness.processBroadcastElement(Feedback.undo("e1"), 0);
        harness.processElement(Correlator.grown(scan, List.of()), 3 * HOUR);
        harness.processWatermark(new Watermark(4 * HOUR));
        List<Alert> sent = harness.extractOutputValues();
        assertThat(sent.get(sent.size() - 1).suppressedBy()).isNull();
    }

    @Test
    void alertBehindTheWatermarkDoesNotWaitForFlows() throws Exception {
        harness.setProcessingTime(1_000);
        harness.processWatermark(new Watermark(HOUR));
        harness.processElement(alert(MINUTE, "port-scan", "discovery", 0.9, workload("web"), null), MINUTE);
        assertThat(harness.extractOutputValues()).isEmpty();
        harness.setProcessingTime(3_000);
        assertThat(harness.extractOutputValues()).extracting(Alert::detector).containsExactly("port-scan");
    }

    @Test
    void stateIsClearedInTheEnd() throws Exception {
        put(
                alert(0, "new-edge", "baseline", 0.8, workload("web"), workload("api")),
                alert(MINUTE, "port-scan", "discovery", 0.9, workload("api"), workload("db")));
        harness.processWatermark(new Watermark(Duration.ofDays(40).toMillis()));
        assertThat(harness.numEventTimeTimers()).isZero();
    }
}
