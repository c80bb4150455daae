package dev.weir.analytics.judge;

import static dev.weir.analytics.Samples.API;
import static dev.weir.analytics.Samples.DB;
import static dev.weir.analytics.Samples.WEB;
import static dev.weir.analytics.Samples.dbPolicy;
import static dev.weir.analytics.Samples.flow;
import static dev.weir.analytics.Samples.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.analytics.ActivityMerger;
import dev.weir.analytics.Finding;
import dev.weir.analytics.Samples;
import dev.weir.model.Activity;
import dev.weir.model.ClusterNetworks;
import dev.weir.model.ConnectionOutcome;
import dev.weir.model.Direction;
import dev.weir.model.Endpoint;
import dev.weir.model.Expected;
import dev.weir.model.Flow;
import dev.weir.model.L7;
import dev.weir.model.Severity;
import dev.weir.model.TcpFlags;
import dev.weir.model.Verdict;
import dev.weir.model.codec.FlowCodec;
import dev.weir.model.codec.FlowDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgeTest {
    private final Judge judge = new Judge(Duration.ofHours(24), true);
    private final List<Activity> activities = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private final RollUp rollUp = new RollUp(judge, ClusterNetworks.DEFAULT, 3, activities::add, findings::add);

    private final FlowDecoder decoder = new FlowDecoder();

    private void add(Flow flow) {
        rollUp.add(decoder.read(FlowCodec.encode(flow)));
    }

    private void addLate(Flow flow) {
        rollUp.addLate(decoder.read(FlowCodec.encode(flow)));
    }

    @BeforeEach
    void cluster() {
        judge.apply(pod("web", WEB, 0));
        judge.apply(pod("api", API, 0));
        judge.apply(pod("db", DB, 0));
    }

    @Test
    void lateReportersBeyondTheBoundAreCounted() {
        for (int i = 0; i < 1_002; i++) {
            addLate(flow(10_000, WEB, DB, 80).toBuilder().reporter("n" + i).build());
        }
        assertThat(rollUp.entriesEvicted()).isEqualTo(2);
    }

    @Test
    void judgedEdgesBeyondTheBoundAreCounted() {
        for (int i = 0; i < 1_000; i++) {
            add(flow(10_000, WEB, DB, 1 + i));
        }
        assertThat(rollUp.entriesEvicted()).isZero();
        for (int i = 1_000; i < 60_000; i++) {
            add(flow(10_000, WEB, DB, 1 + i));
        }
        assertThat(rollUp.entriesEvicted()).isPositive();
    }

    /** Exporters that see requests report each beside its connection. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void requestsOfReportedConnectionsAreNoConnections(boolean requestsFirst) {
        for (int i = 0; i < 5; i++) {
            Flow connection = flow(10_000 + 100 * i, WEB, API, 8080);
            Flow request = Flow.builder()
                    .startMs(10_003L + 100 * i)
                    .endMs(10_003L + 100 * i)
                    .source(Endpoint.of(WEB, 40_000))
                    .destination(Endpoint.of(API, 8080))
                    .protocol("TCP")
                    .l7(new L7(null, new L7.Http("GET", "api", "/" + i, 200), null))
                    .build();
            add(requestsFirst ? request : connection);
            add(requestsFirst ? connection : request);
        }
        add(flow(20_000, WEB, DB, 80).toBuilder().build());
        rollUp.flush(19_999);
        assertThat(activities).singleElement().satisfies(part -> {
            Activity activity = part.withoutRequests();
            assertThat(activity.connections()).isEqualTo(5);
            assertThat(activity.established()).isEqualTo(5);
            assertThat(activity.startsMs()).containsExactly(0, 100, 200, 300, 400);
            assertThat(activity.http().requests()).isEqualTo(5);
        });
    }

    /** The judge sends on the parts of open slices at each checkpoint. */
    @Test
    void requestsInOtherPartsThanTheirConnectionsAreNone() {
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            flows.add(flow(10_000 + i, WEB, API, 8080));
            flows.add(Flow.builder()
                    .startMs(10_500L + i)
                    .endMs(10_500L + i)
                    .source(Endpoint.of(WEB, 40_000))
                    .destination(Endpoint.of(API, 8080))
                    .protocol("TCP")
                    .l7(new L7(null, new L7.Http("GET", "api", "/" + i, 200), null))
                    .build());
        }
        Set<Activity> whole = new HashSet<>();
        for (int cut = 0; cut <= flows.size(); cut++) {
            List<Flow> order = new ArrayList<>(flows);
            Collections.shuffle(order, new Random(cut));
            activities.clear();
            for (int i = 0; i < order.size(); i++) {
                if (i == cut || i == 2 * cut) {
                    rollUp.flush(Long.MAX_VALUE);
                }
                add(order.get(i));
            }
            rollUp.flush(Long.MAX_VALUE);
            Activity sum = activities.stream().reduce(ActivityMerger::merged).orElseThrow();
            whole.add(sum.withoutRequests().toBuilder()
                    .samples(List.of())
                    .http(null)
                    .build());
        }
        assertThat(whole).singleElement().satisfies(activity -> {
            assertThat(activity.connections()).isEqualTo(6);
            assertThat(activity.startsMs()).containsExactly(0, 1, 2, 3, 4, 5);
        });
    }

    /** A record of any length may be a sample, of which each edge keeps three. */
    @Test
    void longTextsOfRequestsCloseSlicesEarly() {
        String path = "/" + "x".repeat(15_000);
        RollUp bounded = new RollUp(judge, ClusterNetworks.DEFAULT, 60, activities::add, findings::add);
        for (int i = 0; i < 12; i++) {
            Flow request = flow(10_000 + i, WEB, "10.7.0." + i, 8080).toBuilder()
                    .l7(new L7(null, new L7.Http("GET", "api", path, 200), null))
                    .build();
            bounded.add(decoder.read(FlowCodec.encode(request)));
        }
        assertThat(activities).as("sent on before the slice is over").hasSizeGreaterThanOrEqualTo(8);
    }

    @Test
    void requestsAloneCountAsConnections() {
        for (int i = 0; i < 3; i++) {
            add(Flow.builder()
                    .startMs(10_000L + i)
                    .endMs(10_000L + i)
                    .source(Endpoint.of(WEB, 40_000))
                    .destination(Endpoint.of(API, 8080))
                    .protocol("TCP")
                    .l7(new L7(null, new L7.Http("GET", "api", "/", 401), null))
                    .build());
        }
        rollUp.flush(19_999);
        assertThat(activities).singleElement().satisfies(activity -> {
            assertThat(activity.connections()).isEqualTo(3);
            assertThat(activity.startsMs()).hasSize(3);
            assertThat(activity.http().unauthorized()).isEqualTo(3);
        });
    }

    @Test
    void tableOfOutcomesHolds() {
        assertThat(outcome(WEB, 5432, Verdict.FORWARDED)).isNull();
        assertThat(outcome(WEB, 5432, Verdict.DROPPED)).isEqualTo("unexplained-drop");
        judge.apply(dbPolicy(0, "{}"));
        assertThat(outcome(WEB, 5432, Verdict.FORWARDED)).isEqualTo("policy-bypass");
        assertThat(outcome(WEB, 5432, Verdict.DROPPED)).isEqualTo("policy-denied");
        assertThat(outcome(API, 5432, Verdict.FORWARDED)).isNull();
        assertThat(outcome(API, 5432, Verdict.DROPPED)).isEqualTo("policy-overblock");
    }

    @Test
    void outcomeOfUndefinedIcmpIsUncertain() {
        judge.apply(dbPolicy(0, "{}"));
        Flow ping = Flow.of(5, 5, Endpoint.of(WEB, null), Endpoint.of(DB, null), "ICMP", Verdict.FORWARDED);
        add(ping);
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.LOW);
            assertThat(finding.confidence()).isEqualTo(0.5);
            assertThat(finding.evidence().caveats()).anyMatch(each -> each.contains("leaves open"));
        });
        Judge other = new Judge(Duration.ofHours(24), false);
        judge.changes().forEach(other::apply);
        assertThat(other.judge(ping).outcome()).isNull();
        assertThat(other.judge(ping).expected()).isEqualTo(Expected.UNKNOWN);
        assertThat(judge.judge(ping).outcome()).isEqualTo(PolicyOutcome.BYPASS);
    }

    @Test
    void flowLetOutAndDeniedAtItsDestinationIsNoBypass() {
        judge.apply(dbPolicy(0, "{}"));
        Flow left = Flow.builder()
                .startMs(5L)
                .endMs(5L)
                .source(Endpoint.of(WEB, 40_000).withCounters(null, null, TcpFlags.SYN))
                .destination(Endpoint.of(DB, 5432))
                .protocol("TCP")
                .verdict(Verdict.FORWARDED)
                .direction(Direction.EGRESS)
                .isReply(false)
                .reporter("n1")
                .build();
        assertThat(judge.judge(left).outcome()).isEqualTo(PolicyOutcome.DENIED);
        assertThat(judge.judge(left).observed()).isEqualTo(Verdict.UNKNOWN);
        Flow answered = left.withEndpoints(
                left.source().withCounters(null, null, Samples.DONE),
                left.destination().withCounters(null, null, Samples.DONE));
        assertThat(judge.judge(answered).outcome()).isEqualTo(PolicyOutcome.BYPASS);
        add(left);
        add(answered);
        rollUp.flush(Long.MAX_VALUE);
        assertThat(findings).extracting(Finding::detector).containsExactly("policy-denied", "policy-bypass");
    }

    @Test
    void auditedPolicyIsExpectedButNotEnforced() {
        judge.apply(dbPolicy(0, "{'weir.dev/mode':'audit'}"));
        assertThat(outcome(WEB, 5432, Verdict.FORWARDED)).isEqualTo("audit-violation");
        assertThat(outcome(API, 5432, Verdict.FORWARDED)).isNull();
    }

    @Test
    void flowIsJudgedByThePolicyOfItsOwnTime() {
        judge.apply(dbPolicy(1_000_000, "{}"));
        judge.apply(Samples.change("NetworkPolicy", "shop", "db", 2_000_000, null));
        assertThat(judge.judge(flow(999_999, WEB, DB, 80)).expected()).isEqualTo(Expected.UNSELECTED);
        assertThat(judge.judge(flow(1_000_000, WEB, DB, 80)).expected()).isEqualTo(Expected.DENY);
        assertThat(judge.judge(flow(2_000_000, WEB, DB, 80)).expected()).isEqualTo(Expected.UNSELECTED);
    }

    @Test
    void addressIsJudgedAsItsOwnerOfThatTime() {
        judge.apply(dbPolicy(0, "{}"));
        judge.apply(Samples.change("Pod", "shop", "web-1", 50_000, null));
        judge.apply(pod("api", WEB, 60_000));
        assertThat(judge.judge(flow(49_999, WEB, DB, 5432)).expected()).isEqualTo(Expected.DENY);
        assertThat(judge.judge(flow(60_000, WEB, DB, 5432)).expected()).isEqualTo(Expected.ALLOW);
    }

    @Test
    void serviceAddressHidesItsPod() {
        judge.apply(dbPolicy(0, "{}"));
        judge.apply(Samples.change(
                "Service",
                "shop",
                "db",
                0,
                "{'metadata':{'namespace':'shop','name':'db'},'spec':{'clusterIP':'10.96.0.9'}}"));
        assertThat(judge.judge(flow(5, WEB, "10.96.0.9", 5432)).expected()).isEqualTo(Expected.UNKNOWN);
    }

    @Test
    void denialIsExplainedWithAPatch() {
        judge.apply(dbPolicy(0, "{}"));
        Judgement denied = judge.judge(flow(5, WEB, DB, 5432));
        assertThat(denied.nearest()).contains("NetworkPolicy shop/db ingress[0]", "app is 'web', not 'api'");
        assertThat(denied.patch())
                .contains("kubectl patch networkpolicy db -n shop", "path: /spec/ingress/-", "app: web");
        assertThat(judge.judge(flow(5, API, DB, 5432)).patch()).isNull();
    }

    @Test
    void policiesOfTheClusterComeFirstAndNodesAreKnown() {
        judge.apply(dbPolicy(0, "{}"));
        judge.apply(
                Samples.change(
                        "Node",
                        null,
                        "n1",
                        0,
                        "{'metadata':{'name':'n1','labels':{'role':'edge'}},'status':{'addresses':[{'type':'InternalIP','address':'172.18.0.2'}]}}"));
        judge.apply(
                Samples.change(
                        "AdminNetworkPolicy",
                        null,
                        "guard",
                        10,
                        "{'metadata':{'name':'guard'},'spec':{'priority':1,'subject':{'namespaces':{}},"
                                + "'ingress':[{'name':'web','action':'Allow','from':[{'pods':{'namespaceSelector':{},'podSelector':{'matchLabels':{'app':'web'}}}}]}],"
                                + "'egress':[{'name':'no-edge','action':'Deny','to':[{'nodes':{'matchLabels':{'role':'edge'}}}]}]}}"));
        assertThat(judge.judge(flow(5, WEB, DB, 5432)).expected()).isEqualTo(Expected.DENY);
        assertThat(judge.judge(flow(15, WEB, DB, 5432)).expected()).isEqualTo(Expected.ALLOW);
        Judgement toNode = judge.judge(flow(15, WEB, "172.18.0.2", 22));
        assertThat(toNode.expected()).isEqualTo(Expected.DENY);
        assertThat(toNode.nearest())
                .isEqualTo("AdminNetworkPolicy guard egress[0] (no-edge) denies TCP/22 to node n1.");
        assertThat(toNode.patch()).contains("kind: AdminNetworkPolicy", "priority: 0", "172.18.0.2/32");
    }

    @Test
    void flowsAddUpAndOutcomeIsReportedAtOnce() {
        judge.apply(dbPolicy(0, "{}"));
        for (int i = 0; i < 5; i++) {
            add(flow(10_000 + i, WEB, DB, 80));
            assertThat(findings).hasSize(1);
        }
        rollUp.flush(19_998);
        assertThat(activities).isEmpty();
        rollUp.flush(19_999);
        assertThat(activities).singleElement().satisfies(activity -> {
            assertThat(activity.connections()).isEqualTo(5);
            assertThat(activity.established()).isEqualTo(5);
            assertThat(activity.bytesSent()).isEqualTo(500);
            assertThat(activity.sliceMs()).isEqualTo(10_000);
            assertThat(activity.samples()).hasSize(3);
            assertThat(activity.startsMs()).containsExactly(0, 1, 2, 3, 4);
            assertThat(activity.source().workload()).isEqualTo("web");
        });
        assertThat(findings).extracting(Finding::count).containsExactly(1L, 4L);
        assertThat(findings)
                .extracting(Finding::fingerprint)
                .doesNotContainNull()
                .allMatch(findings.get(0).fingerprint()::equals);
        assertThat(rollUp.size()).isZero();
    }

    @Test
    void changeBetweenTwoFlowsSplitsTheEdge() {
        add(flow(10_000, WEB, DB, 80));
        judge.apply(dbPolicy(10_005, "{}"));
        add(flow(10_004, WEB, DB, 80));
        add(flow(10_006, WEB, DB, 80));
        rollUp.flush(Long.MAX_VALUE);
        assertThat(activities).extracting(Activity::outcome).containsExactlyInAnyOrder(null, "policy-bypass");
    }

    @Test
    void activityHasThePercentageOfLostAndLateFlows() {
        add(flow(10_000, WEB, DB, 80).withLost(3));
        add(flow(10_001, WEB, DB, 80));
        for (int i = 0; i < 98; i++) {
            add(flow(10_002, WEB, DB, 81));
        }
        rollUp.flush(Long.MAX_VALUE);
        assertThat(activities).extracting(Activity::lostPercent).containsExactly(3, 0);
        addLate(flow(10_003, WEB, DB, 80));
        add(flow(20_000, WEB, DB, 80));
        rollUp.flush(Long.MAX_VALUE);
        assertThat(activities.get(2).lostPercent())
                .as("one late flow has little weight")
                .isZero();
        for (int i = 0; i < 30; i++) {
            addLate(flow(10_003, WEB, DB, 80));
        }
        add(flow(30_000, WEB, DB, 80));
        rollUp.flush(Long.MAX_VALUE);
        assertThat(activities.get(3).lostPercent()).isEqualTo(4);
    }

    @Test
    void lossLowersTheConfidenceOfAnOutcome() {
        judge.apply(dbPolicy(0, "{}"));
        add(flow(10_000, WEB, DB, 80));
        add(flow(10_000, WEB, DB, 81).withLost(20));
        assertThat(findings.get(0).evidence().caveats()).isEmpty();
        assertThat(findings.get(1).evidence().caveats())
                .containsExactly("up to 20 % of the flows are missing, lost or late");
        assertThat(findings.get(1).confidence()).isCloseTo(0.9 * findings.get(0).confidence(), within(0.006));
    }

    /** An address whose name one exporter knows keeps it, in any order of its flows. */
    @Test
    void namesThatOnlySomeKnowAreKept() {
        Flow plain = flow(10_000, WEB, "203.0.113.9", 443);
        Flow named = plain.withEndpoints(plain.source(), plain.destination().withNames(List.of("api.example.org")));
        for (List<Flow> order : List.of(List.of(plain, named), List.of(named, plain))) {
            activities.clear();
            order.forEach(this::add);
            rollUp.flush(Long.MAX_VALUE);
            assertThat(activities).singleElement().satisfies(activity -> {
                assertThat(activity.connections()).isEqualTo(2);
                assertThat(activity.destination().names()).containsExactly("api.example.org");
            });
        }
    }

    @Test
    void onlySomeOfManyAddressesAreNamed() {
        judge.apply(dbPolicy(0, "{}"));
        for (int i = 0; i < 50; i++) {
            add(flow(10_000 + i, "203.0.113." + i, DB, 80));
        }
        rollUp.flush(Long.MAX_VALUE);
        assertThat(findings.stream().mapToLong(Finding::count)).hasSize(28).contains(3L);
        assertThat(findings.stream().mapToLong(Finding::count).sum()).isEqualTo(50);
        assertThat(findings.stream().map(Finding::fingerprint).distinct())
                .hasSize(AddressAlertLimiter.MAX_ADDRESSES + 1);
        assertThat(findings.get(27).source().display()).isEqualTo("several");
        assertThat(rollUp.sharedOutcomes()).isEqualTo(50 - AddressAlertLimiter.MAX_ADDRESSES);
    }

    @Test
    void fullMapIsFlushedEarly() {
        for (int port = 1; port <= 4; port++) {
            add(flow(10_000, WEB, DB, port));
        }
        assertThat(activities).hasSize(3);
        assertThat(rollUp.size()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "TCP, 2, 1, , 0, 0, UNANSWERED",
        "TCP, 2, 1, 20, 1, 40, REFUSED",
        "TCP, 27, 5, 27, 4, 300, ESTABLISHED",
        "TCP, , 1, , 1, 40, REFUSED",
        "TCP, , 9, , 7, 900, ESTABLISHED",
        "TCP, 27, 9, , , , ESTABLISHED",
        "TCP, 2, 1, , , , UNANSWERED",
        "TCP, , 1, , , , UNKNOWN",
        "UDP, , 1, , 1, 100, ESTABLISHED",
        "UDP, , 1, , 0, 0, UNANSWERED",
        "UDP, , 1, , , , UNKNOWN"
    })
    void outcomesAreReadOffFlagsAndCounters(
            String protocol,
            @Nullable Integer clientFlags,
            @Nullable Long clientPackets,
            @Nullable Integer serverFlags,
            @Nullable Long serverPackets,
            @Nullable Long serverBytes,
            ConnectionOutcome outcome) {
        Flow flow = Flow.of(
                1,
                1,
                Endpoint.of(WEB, 1).withCounters(40L, clientPackets, clientFlags),
                Endpoint.of(DB, 2).withCounters(serverBytes, serverPackets, serverFlags),
                protocol,
                Verdict.UNKNOWN);
        assertThat(ConnectionOutcome.of(flow)).isEqualTo(outcome);
        assertThat(ConnectionOutcome.observed(flow))
                .isEqualTo(outcome == ConnectionOutcome.ESTABLISHED ? Verdict.FORWARDED : Verdict.UNKNOWN);
        assertThat(TcpFlags.names(20)).containsExactly("RST", "ACK");
    }

    private @Nullable String outcome(String from, int port, Verdict verdict) {
        PolicyOutcome outcome = judge.judge(flow(10, from, DB, port, verdict)).outcome();
        return outcome == null ? null : outcome.id();
    }
}
