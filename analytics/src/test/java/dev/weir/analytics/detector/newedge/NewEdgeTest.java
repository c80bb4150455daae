package dev.weir.analytics.detector.newedge;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.DAY;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.Novelty;
import dev.weir.analytics.detector.NoveltyConfig;
import dev.weir.model.Activity;
import dev.weir.model.Baseline;
import dev.weir.model.BaselineState;
import dev.weir.model.Endpoint;
import dev.weir.model.Entity;
import dev.weir.model.Feedback;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NewEdgeTest {
    private final DetectorHarness<Novelty> edges =
            new DetectorHarness<>(new NewEdge(NoveltyConfig.defaults(), NewEdgeTest::isListed));
    private @Nullable Baseline baseline;
    private final List<Finding> found = new ArrayList<>();

    private List<Finding> run(long slice, Activity... activities) {
        DetectorResult<Novelty> step = edges.step(slice, activities);
        baseline = step.baseline() == null ? baseline : step.baseline();
        found.addAll(step.findings());
        return step.findings();
    }

    private static boolean isListed(Activity activity) {
        return "10.6.6.6".equals(activity.destination().ip());
    }

    private static Activity edge(long slice, String to) {
        return new ActivityBuilder(slice, workload("web"), address(to), 80)
                .answered(1)
                .build();
    }

    /** Uses the edge every ten minutes. */
    private void usual(long from, long to) {
        for (long slice = from; slice < to; slice += 600_000) {
            assertThat(run(slice, edge(slice, "10.0.0.8"), edge(slice, "10.0.0.9")))
                    .isEmpty();
        }
    }

    @Test
    void connectionThatBeganWhileItWasLearnedIsNotNew() {
        usual(0, 3 * DAY);
        Activity lasting = new ActivityBuilder(3 * DAY, workload("web"), address("10.0.0.7"), 6443)
                .answered(1)
                .at(DAY / 2)
                .build();
        assertThat(run(3 * DAY, lasting)).isEmpty();
        assertThat(run(3 * DAY, edge(3 * DAY, "10.0.0.6"))).hasSize(1);
    }

    @Test
    void singleSampledConnectionIsNotNewUntilTheNext() {
        usual(0, 3 * DAY);
        assertThat(run(3 * DAY, sampled(3 * DAY, "10.0.0.7")))
                .as("it may have been used for long")
                .isEmpty();
        assertThat(run(3 * DAY + 600_000, sampled(3 * DAY + 600_000, "10.0.0.7")))
                .as("two within the hour are hundreds of connections")
                .hasSize(1);
        assertThat(run(4 * DAY, sampled(4 * DAY, "10.0.0.6"))).isEmpty();
        assertThat(run(5 * DAY, sampled(5 * DAY, "10.0.0.6")))
                .as("used now and then")
                .isEmpty();
        assertThat(run(5 * DAY + 600_000, sampled(5 * DAY + 600_000, "10.0.0.6")))
                .as("learned")
                .isEmpty();
    }

    private static Activity sampled(long slice, String to) {
        return new ActivityBuilder(slice, workload("web"), address(to), 80)
                .answered(1)
                .sampling(50)
                .build();
    }

    private static Feedback decision(Feedback.Action action, long atMs, @Nullable String alert) {
        return new Feedback("1", action, null, "shop", "web", null, alert, null, atMs, "ann", "because");
    }

    @Test
    void largeBaselineIsPublishedInStepsAndEachWindow() {
        List<Integer> published = new ArrayList<>();
        for (int i = 0; i < 199; i++) {
            long slice = i * Activity.SLICE_MS;
            Baseline now = edges.step(slice, edge(slice, "10.0.0." + i)).baseline();
            if (now != null) {
                published.add(now.members().size());
            }
        }
        assertThat(published.subList(0, 63))
                .as("each member of a small one")
                .isEqualTo(IntStream.rangeClosed(1, 63).boxed().toList());
        assertThat(published).hasSizeBetween(70, 130).doesNotContain(199);
        run(HOUR, edge(HOUR, "10.0.0.1"));
        assertThat(baseline.members()).hasSize(199);
    }

    @Test
    void repeatedMemberIsLearned() {
        usual(0, DAY);
        assertThat(baseline.state()).isEqualTo(BaselineState.LEARNING);
        usual(DAY, DAY + 2 * HOUR);
        assertThat(baseline.state()).isEqualTo(BaselineState.STABLE);
        usual(DAY + 2 * HOUR, 3 * DAY);
        assertThat(baseline.state()).isEqualTo(BaselineState.WATCHING);
        assertThat(baseline.members())
                .extracting(Baseline.Member::name)
                .containsExactly("address/10.0.0.8 TCP/80", "address/10.0.0.9 TCP/80");
        assertThat(run(3 * DAY, edge(3 * DAY, "10.0.0.7"))).singleElement().satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("baseline");
            assertThat(finding.confidence()).isBetween(0.7, 0.9);
            assertThat(finding.evidence().expected()).containsEntry("known", 2.0);
        });
    }

    @Test
    void workloadWithNewMembersAllTheTimeKeepsLearning() {
        for (int i = 0; i < 7 * 24; i++) {
            assertThat(run(i * HOUR, edge(i * HOUR, "10.0." + i + ".1"))).isEmpty();
        }
        assertThat(baseline.state()).isEqualTo(BaselineState.LEARNING);
        assertThat(baseline.unseen()).isBetween(20.0, 28.0);
    }

    @Test
    void cronJobThatRanOnceIsNotKnown() {
        for (int i = 0; i < 10; i++) {
            run(0, edge(0, "10.0.0." + i));
        }
        run(DAY, edge(DAY, "10.0.0.1"), edge(DAY, "10.0.0.77"));
        assertThat(found).as("the second run brings something else").isEmpty();
        assertThat(baseline.state()).isEqualTo(BaselineState.LEARNING);
    }

    @Test
    void newMemberIsReportedHourlyUntilADecision() {
        usual(0, 3 * DAY);
        List<Finding> first = run(3 * DAY, edge(3 * DAY, "10.0.0.7"));
        assertThat(run(3 * DAY + 1_800_000, edge(3 * DAY + 1_800_000, "10.0.0.7")))
                .hasSize(1);
        long later = 3 * DAY + 30 * HOUR;
        assertThat(run(later, edge(later, "10.0.0.7")))
                .as("it has not become usual")
                .hasSize(1);
        assertThat(run(later + 10_000, edge(later + 10_000, "10.0.0.7")))
                .as("reported in this hour")
                .isEmpty();
        assertThat(baseline.members().get(0).quarantined()).isTrue();

        Feedback expected =
                decision(Feedback.Action.EXPECTED, later, first.get(0).fingerprint());
        edges.decide(expected);
        assertThat(run(later + 2 * HOUR, edge(later + 2 * HOUR, "10.0.0.7"))).isEmpty();
        edges.undo(expected);
        assertThat(run(later + 4 * HOUR, edge(later + 4 * HOUR, "10.0.0.7"))).hasSize(1);
    }

    @Test
    void lockStopsLearningAndRelearnBeginsAnew() {
        usual(0, HOUR);
        Feedback lock = decision(Feedback.Action.LOCK, HOUR, null);
        edges.decide(lock);
        assertThat(run(HOUR, edge(HOUR, "10.0.0.7")))
                .singleElement()
                .satisfies(finding -> assertThat(finding.confidence()).isEqualTo(0.95));
        assertThat(baseline.locked()).isTrue();
        edges.undo(lock);
        edges.decide(decision(Feedback.Action.RELEARN, 2 * HOUR, null));
        assertThat(run(2 * HOUR, edge(2 * HOUR, "10.0.0.6"))).isEmpty();
        assertThat(baseline.sinceMs()).isEqualTo(2 * HOUR);
        assertThat(baseline.size()).isEqualTo(1);
    }

    @Test
    void failedForbiddenAndOutsideTrafficIsNotLearned() {
        Activity unanswered = new ActivityBuilder(0, workload("web"), address("10.0.0.1"), 80)
                .unanswered(1)
                .build();
        Activity broken = new ActivityBuilder(0, workload("web"), address("10.0.0.2"), 80)
                .answered(1)
                .outcome("policy-bypass")
                .build();
        Activity group = edge(0, "239.1.1.1");
        Activity outside = edge(0, "203.0.113.1");
        Activity fromOutside = new ActivityBuilder(0, address("203.0.113.1"), workload("web"), 80)
                .answered(1)
                .build();
        run(0, unanswered, broken, group, outside, fromOutside);
        assertThat(edges.state().members()).isEmpty();
    }

    @Test
    void memberOfANewReleaseHasLessConfidence() {
        usual(0, 3 * DAY);
        run(3 * DAY, ofPod(3 * DAY, "10.0.0.8", "web-7d9f-abc"));
        long rollout = 3 * DAY + 5 * HOUR;
        assertThat(run(rollout, ofPod(rollout, "10.0.0.7", "web-55aa-xyz")))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.confidence()).isLessThan(0.45);
                    assertThat(finding.evidence().caveats()).containsExactly("comes with pods of a new release");
                });
        assertThat(run(rollout, ofPod(rollout, "10.0.0.6", "web-7d9f-abc")))
                .as("of the old one")
                .singleElement()
                .satisfies(finding -> assertThat(finding.evidence().caveats()).isEmpty());
    }

    private static Activity ofPod(long slice, String to, String pod) {
        Flow flow = Flow.of(
                slice + 1,
                slice + 2,
                Endpoint.builder()
                        .ip("10.0.0.1")
                        .port(40_000)
                        .bytes(1L)
                        .packets(1L)
                        .namespace("shop")
                        .pod(pod)
                        .workload("web")
                        .workloadKind("Deployment")
                        .build(),
                Endpoint.of(to, 80),
                "TCP",
                Verdict.FORWARDED);
        return new ActivityBuilder(slice, workload("web"), address(to), 80)
                .answered(1)
                .flows(flow)
                .build();
    }

    @Test
    void baselineIsBounded() {
        for (int i = 0; i < 5_000; i++) {
            run(i * 10_000L, edge(i * 10_000L, "10.1." + i / 250 + "." + i % 250));
        }
        assertThat(edges.state().members()).hasSize(2_000);
        assertThat(baseline.members()).hasSize(Baseline.MAX_MEMBERS);
    }

    @Test
    void listedPeerIsReportedOnceLearningIsOver() {
        assertThat(run(0, edge(0, "10.6.6.6"))).isEmpty();
        usual(600_000, 3 * DAY);
        assertThat(baseline.members())
                .filteredOn(Baseline.Member::quarantined)
                .extracting(Baseline.Member::name)
                .containsExactly("address/10.6.6.6 TCP/80");
        assertThat(run(3 * DAY, edge(3 * DAY, "10.6.6.6"))).singleElement().satisfies(finding -> {
            assertThat(finding.firstSeenMs()).as("since it was quarantined").isEqualTo(1);
            assertThat(finding.confidence()).isGreaterThan(0.6);
        });
    }

    /** Refused connections to a dozen addresses, and one that is answered. */
    private static List<Activity> scan() {
        List<Activity> scan = new ArrayList<>();
        for (int host = 20; host < 32; host++) {
            scan.add(new ActivityBuilder(0, workload("web"), address("10.0.0." + host), 80)
                    .refused(1)
                    .build());
        }
        scan.add(edge(0, "10.0.0.33"));
        return scan;
    }

    @Test
    void edgesOfAScannerAreQuarantinedWhileLearning() {
        List<Activity> scan = scan();
        run(0, scan.toArray(Activity[]::new));
        assertThat(baseline.members()).singleElement().satisfies(member -> {
            assertThat(member.name()).isEqualTo("address/10.0.0.33 TCP/80");
            assertThat(member.quarantined()).isTrue();
        });
        for (long slice = 2 * HOUR; slice <= 3 * HOUR; slice += HOUR) {
            run(slice, edge(slice, "10.0.0.33"));
        }
        run(4 * HOUR, edge(4 * HOUR, "10.0.0.33"), edge(4 * HOUR, "10.0.0.8"), scan.get(0));
        assertThat(baseline.members())
                .as("an edge that stays in use; and one refusal is no scan")
                .noneMatch(Baseline.Member::quarantined)
                .extracting(Baseline.Member::name)
                .containsExactlyInAnyOrder("address/10.0.0.8 TCP/80", "address/10.0.0.33 TCP/80");
    }

    @Test
    void scannerWithoutUsualEdgesHasNothingNew() {
        List<Activity> scan = scan();
        run(0, scan.toArray(Activity[]::new));
        assertThat(run(5 * DAY, edge(5 * DAY, "10.0.0.8"))).isEmpty();
        assertThat(baseline.members())
                .extracting(Baseline.Member::name, Baseline.Member::quarantined)
                .containsExactlyInAnyOrder(
                        tuple("address/10.0.0.8 TCP/80", false), tuple("address/10.0.0.33 TCP/80", true));
    }

    @Test
    void firstUseOfARemoteServiceIsLateralMovement() {
        assertThat(firstUse(22, workload("bastion"))).satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("lateral-movement");
            assertThat(finding.techniques()).containsExactly("T1021");
        });
        assertThat(firstUse(6443, workload("api"))).satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("discovery");
            assertThat(finding.techniques()).containsExactly("T1613");
        });
        Entity service = new Entity("default", null, null, null, "10.96.0.1", null, "kubernetes", null);
        assertThat(firstUse(443, service).category()).isEqualTo("discovery");
        assertThat(firstUse(443, workload("db")).category()).isEqualTo("baseline");
    }

    private static Finding firstUse(int port, Entity destination) {
        DetectorHarness<Novelty> harness =
                new DetectorHarness<>(new NewEdge(NoveltyConfig.defaults(), activity -> false));
        for (long slice = 0; slice < 2 * DAY; slice += 600_000) {
            assertThat(harness.run(slice, edge(slice, "10.0.0.8"))).isEmpty();
        }
        return harness.run(
                        2 * DAY,
                        new ActivityBuilder(2 * DAY, workload("web"), destination, port)
                                .answered(1)
                                .build())
                .get(0);
    }

    @Test
    void answeredTriesOfAScanAreNoNewEdges() {
        usual(0, 2 * DAY);
        List<Activity> scan = new ArrayList<>();
        for (int port = 1; port < 40; port++) {
            scan.add(new ActivityBuilder(2 * DAY, workload("web"), address("10.0.0.33"), 100 + port)
                    .refused(1)
                    .build());
        }
        scan.add(edge(2 * DAY, "10.0.0.33"));
        assertThat(run(2 * DAY, scan.toArray(Activity[]::new))).isEmpty();
        assertThat(run(2 * DAY + HOUR, edge(2 * DAY + HOUR, "10.0.0.33")))
                .as("a use after the scan")
                .isNotEmpty();
    }

    @Test
    void dhcpIsNoEdge() {
        usual(0, 2 * DAY);
        assertThat(run(
                        2 * DAY,
                        new ActivityBuilder(2 * DAY, workload("web"), address("10.0.0.1"), 67)
                                .protocol("UDP")
                                .answered(1)
                                .build()))
                .isEmpty();
    }
}
