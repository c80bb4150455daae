package dev.weir.analytics.judge;

import static dev.weir.analytics.Samples.API;
import static dev.weir.analytics.Samples.DB;
import static dev.weir.analytics.Samples.change;
import static dev.weir.analytics.Samples.flow;
import static dev.weir.analytics.Samples.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.weir.analytics.Finding;
import dev.weir.model.Activity;
import dev.weir.model.ClusterNetworks;
import dev.weir.model.ContextChange;
import dev.weir.model.Expected;
import dev.weir.model.Flow;
import dev.weir.model.L7;
import dev.weir.model.PolicyRef;
import dev.weir.model.codec.FlowCodec;
import dev.weir.model.codec.FlowDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policies of Cilium, Calico and Istio over the time of the stream, with the objects to which they refer. */
class JudgeDialectsTest {
    private static final String OUTSIDE = "198.51.100.7";

    private final Judge judge = new Judge(Duration.ofHours(24), true);

    @BeforeEach
    void describe() {
        judge.apply(pod("api", API, 0));
        judge.apply(pod("db", DB, 0));
    }

    @Test
    void groupOfBlocksDecidesByItsVersionAtTheTime() {
        judge.apply(cilium("'egress':[{'toCIDRSet':[{'cidrGroupRef':'partners'}]}]"));
        judge.apply(group(1_000, "203.0.113.0/24"));
        judge.apply(group(2_000, "198.51.100.0/24"));
        assertThat(outside(1_500)).isEqualTo(Expected.DENY);
        assertThat(outside(2_500)).isEqualTo(Expected.ALLOW);
        judge.apply(change("CiliumCIDRGroup", null, "partners", 3_000, null));
        assertThat(outside(2_500)).isEqualTo(Expected.ALLOW);
        assertThat(outside(3_500)).isEqualTo(Expected.DENY);
    }

    @Test
    void nameOfPortMeansThatOfThePodsOfTheTime() {
        judge.apply(cilium("'egress':[{'toPorts':[{'ports':[{'port':'web','protocol':'TCP'}]}]}]"));
        assertThat(outside(500)).isEqualTo(Expected.DENY);
        judge.apply(withPort("front", 1_000, 443));
        assertThat(outside(1_500)).isEqualTo(Expected.ALLOW);
        judge.apply(withPort("other", 2_000, 8_443));
        assertThat(outside(2_500)).isEqualTo(Expected.DENY);
        judge.apply(change("Pod", "shop", "other", 3_000, null));
        assertThat(outside(3_500)).isEqualTo(Expected.ALLOW);
        assertThat(outside(1_500)).isEqualTo(Expected.ALLOW);
    }

    @Test
    void networkPolicyIsEnforcedAsItsPluginDoes() {
        judge.apply(change(
                "NetworkPolicy",
                "shop",
                "api",
                0,
                "{'metadata':{'namespace':'shop','name':'api'},'spec':{'podSelector':{'matchLabels':{'app':'api'}},"
                        + "'policyTypes':['Egress'],'egress':[{'to':[{'ipBlock':{'cidr':'10.0.0.0/8'}}]}]}}"));
        assertThat(toDb(500)).isEqualTo(Expected.ALLOW);
        // Cilium's blocks are about no pods.
        judge.apply(cilium(1_000, "'ingress':[{}]", "other"));
        assertThat(toDb(1_500)).isEqualTo(Expected.DENY);
        assertThat(toDb(500)).isEqualTo(Expected.ALLOW);
    }

    @Test
    void tierOfCalicoDecidesOnceItIsKnown() {
        judge.apply(change(
                "GlobalNetworkPolicy",
                null,
                "platform.guard",
                0,
                "{'apiVersion':'projectcalico.org/v3','kind':'GlobalNetworkPolicy','metadata':{'name':'platform.guard'},"
                        + "'spec':{'tier':'platform','selector':'has(app)','types':['Ingress'],"
                        + "'ingress':[{'action':'Allow','protocol':'TCP','destination':{'ports':[1]}}]}}"));
        judge.apply(tier(1_000, "Deny"));
        judge.apply(tier(2_000, "Pass"));
        assertThat(toDb(1_500)).isEqualTo(Expected.DENY);
        assertThat(toDb(2_500)).isEqualTo(Expected.UNSELECTED);
    }

    @Test
    void labelsOfServiceAccountsDecideInCalico() {
        judge.apply(change(
                "GlobalNetworkPolicy",
                null,
                "trusted",
                0,
                "{'apiVersion':'projectcalico.org/v3','kind':'GlobalNetworkPolicy','metadata':{'name':'trusted'},"
                        + "'spec':{'selector':'has(app)','types':['Ingress'],'ingress':[{'action':'Allow',"
                        + "'source':{'serviceAccounts':{'selector':'has(high)'}}}]}}"));
        judge.apply(change("ServiceAccount", "shop", "default", 1_000, account("low")));
        judge.apply(change("ServiceAccount", "shop", "default", 2_000, account("high")));
        assertThat(toDb(1_500)).isEqualTo(Expected.DENY);
        assertThat(toDb(2_500)).isEqualTo(Expected.ALLOW);
    }

    @Test
    void meshDeniesWhatTheNetworkAllows() {
        judge.apply(change(
                "PeerAuthentication",
                "shop",
                "strict",
                0,
                "{'apiVersion':'security.istio.io/v1','kind':'PeerAuthentication','metadata':{'name':'strict',"
                        + "'namespace':'shop'},'spec':{'mtls':{'mode':'STRICT'}}}"));
        assertThat(toDb(500)).isEqualTo(Expected.UNSELECTED);
        judge.apply(change(
                "Pod",
                "shop",
                "db-1",
                1_000,
                "{'metadata':{'namespace':'shop','name':'db-1','labels':{'app':'db'}},"
                        + "'spec':{'containers':[{'name':'istio-proxy'}]},'status':{'podIP':'"
                        + DB + "'}}"));
        assertThat(toDb(1_500)).isEqualTo(Expected.DENY);
    }

    @Test
    void readinessOfEndpointsBuildsNoNewSet() {
        PolicyBuilds builds = new PolicyBuilds();
        PolicyHistory history = new PolicyHistory(Set.of(), builds);
        history.apply(cilium("'egress':[{'toEntities':['kube-apiserver']}]"), null);
        history.apply(slice(0, true), null);
        history.at(1);
        history.apply(slice(10, false), null);
        PolicyHistory.InForce before = history.at(1);
        assertThat(history.at(11)).isSameAs(before);
        assertThat(builds.built()).isEqualTo(1);
        history.apply(change("EndpointSlice", "default", "kubernetes", 20, null), null);
        assertThat(history.at(21)).isNotSameAs(before);
        assertThat(history.at(11)).isSameAs(before);
        assertThat(builds.built()).isEqualTo(2);
    }

    /** The policies of Calico decide all the same. */
    @Test
    void policyThatNoAgentEnforcesSaysSo() {
        judge.apply(change(
                "GlobalNetworkPolicy",
                null,
                "closed",
                0,
                "{'apiVersion':'projectcalico.org/v3','kind':'GlobalNetworkPolicy','metadata':{'name':'closed'},"
                        + "'spec':{'selector':'all()','types':['Ingress']}}"));
        assertThat(judge.judge(flow(500, API, DB, 5432)).caveats()).isEmpty();
        judge.apply(agent("cilium", 1_000));
        Judgement judgement = judge.judge(flow(1_500, API, DB, 5432));
        assertThat(judgement.outcome()).isEqualTo(PolicyOutcome.BYPASS);
        assertThat(judgement.caveats()).singleElement().satisfies(caveat -> assertThat(caveat)
                .isEqualTo(
                        "nothing enforces GlobalNetworkPolicy.projectcalico.org closed, since no agent of the nodes does: they run"
                                + " Cilium"));
        judge.apply(agent("calico-node", 2_000));
        assertThat(judge.judge(flow(2_500, API, DB, 5432)).caveats()).isEmpty();
    }

    /** The proxy lets each connection through and refuses what it must with the status 403. */
    @Test
    void requestsOfOneEdgeAreJudgedEachForItself() {
        judge.apply(cilium(
                0,
                "'ingress':[{'toPorts':[{'ports':[{'port':'80','protocol':'TCP'}],"
                        + "'rules':{'http':[{'method':'GET','path':'/public.*'}]}}]}]",
                "db"));
        List<Finding> findings = new ArrayList<>();
        List<Activity> activities = new ArrayList<>();
        RollUp rollUp = new RollUp(judge, ClusterNetworks.DEFAULT, 100, activities::add, findings::add);
        FlowDecoder decoder = new FlowDecoder();
        for (Flow each : List.of(
                flow(500, API, DB, 80),
                request("GET", "/public/a", 200),
                request("GET", "/public/b", 200),
                request("POST", "/public/a", 403),
                request("GET", "/admin", 200),
                request("GET", "/admin/users", 200),
                request("GET", "/admin", null))) {
            rollUp.add(decoder.read(FlowCodec.encode(each)));
        }
        rollUp.flush(Long.MAX_VALUE);
        assertThat(findings)
                .extracting(Finding::detector, Finding::count)
                .containsExactlyInAnyOrder(
                        tuple("policy-denied", 1L),
                        tuple("policy-bypass", 1L),
                        tuple("policy-bypass", 1L),
                        tuple("policy-denied", 1L));
        assertThat(activities)
                .extracting(Activity::outcome)
                .containsExactlyInAnyOrder(null, "policy-denied", "policy-denied", "policy-bypass");
    }

    private static Flow request(String method, String path, @Nullable Integer status) {
        return flow(500, API, DB, 80).toBuilder()
                .l7(new L7(null, new L7.Http(method, "db", path, status), null))
                .build();
    }

    @Test
    void stagedPolicySaysWhatWouldHaveBeen() {
        judge.apply(staged(1_000, "Set"));
        judge.apply(staged(2_000, "Ignore"));
        assertThat(judge.judge(flow(500, API, DB, 5432)).outcome()).isNull();
        Judgement judgement = judge.judge(flow(1_500, API, DB, 5432));
        assertThat(judgement.outcome()).isEqualTo(PolicyOutcome.AUDIT);
        assertThat(judgement.decidedBy()).extracting(PolicyRef::name).containsExactly("closed");
        assertThat(judge.judge(flow(2_500, API, DB, 5432)).outcome()).isNull();
    }

    /** An agent of Cilium makes names of ports those of the cluster's pods, where NetworkPolicies are alone, too. */
    @Test
    void agentThatComesAfterPoliciesEnforcesThem() {
        judge.apply(change(
                "NetworkPolicy",
                "shop",
                "api",
                0,
                "{'metadata':{'namespace':'shop','name':'api'},'spec':{'podSelector':{'matchLabels':{'app':'api'}},"
                        + "'policyTypes':['Egress'],'egress':[{'ports':[{'port':'web'}]}]}}"));
        judge.apply(withPort("front", 500, 443));
        assertThat(outside(800)).isEqualTo(Expected.DENY);
        judge.apply(agent("cilium", 1_000));
        assertThat(outside(1_500)).isEqualTo(Expected.ALLOW);
        assertThat(outside(800)).isEqualTo(Expected.DENY);
    }

    private static ContextChange staged(long ms, String action) {
        return change(
                "StagedGlobalNetworkPolicy",
                null,
                "closed",
                ms,
                "{'apiVersion':'projectcalico.org/v3','kind':'StagedGlobalNetworkPolicy','metadata':{'name':'closed'},"
                        + "'spec':{'stagedAction':'" + action + "','selector':'has(app)','types':['Ingress']}}");
    }

    private static ContextChange agent(String name, long ms) {
        return change(
                "Pod",
                "kube-system",
                name + "-x",
                ms,
                "{'metadata':{'namespace':'kube-system','name':'" + name + "-x','labels':{'k8s-app':'" + name + "'}},"
                        + "'spec':{'hostNetwork':true}}");
    }

    private Expected outside(long ms) {
        return judge.judge(flow(ms, API, OUTSIDE, 443)).expected();
    }

    private Expected toDb(long ms) {
        return judge.judge(flow(ms, API, DB, 5432)).expected();
    }

    private static ContextChange cilium(String rules) {
        return cilium(0, rules, "api");
    }

    private static ContextChange cilium(long ms, String rules, String app) {
        return change(
                "CiliumNetworkPolicy",
                "shop",
                app,
                ms,
                "{'apiVersion':'cilium.io/v2','kind':'CiliumNetworkPolicy','metadata':{'name':'" + app
                        + "','namespace':'shop'},'spec':{'endpointSelector':{'matchLabels':{'app':'" + app + "'}},"
                        + rules
                        + "}}");
    }

    private static ContextChange group(long ms, String block) {
        return change(
                "CiliumCIDRGroup",
                null,
                "partners",
                ms,
                "{'apiVersion':'cilium.io/v2','kind':'CiliumCIDRGroup','metadata':{'name':'partners'},"
                        + "'spec':{'externalCIDRs':['" + block + "']}}");
    }

    private static ContextChange withPort(String name, long ms, int port) {
        return change(
                "Pod",
                "shop",
                name,
                ms,
                "{'metadata':{'namespace':'shop','name':'" + name + "'},'spec':{'containers':[{'ports':[{'name':'web',"
                        + "'containerPort':" + port + "}]}]}}");
    }

    private static ContextChange tier(long ms, String action) {
        return change(
                "Tier",
                null,
                "platform",
                ms,
                "{'apiVersion':'projectcalico.org/v3','kind':'Tier','metadata':{'name':'platform'},'spec':{'order':10,"
                        + "'defaultAction':'" + action + "'}}");
    }

    private static @Nullable String account(String trust) {
        return "{'apiVersion':'v1','kind':'ServiceAccount','metadata':{'name':'default','namespace':'shop',"
                + "'labels':{'" + trust + "':'yes'}}}";
    }

    private static ContextChange slice(long ms, boolean ready) {
        return change(
                "EndpointSlice",
                "default",
                "kubernetes",
                ms,
                "{'apiVersion':'discovery.k8s.io/v1','kind':'EndpointSlice','metadata':{'name':'kubernetes',"
                        + "'namespace':'default','labels':{'kubernetes.io/service-name':'kubernetes'}},"
                        + "'endpoints':[{'addresses':['192.0.2.1'],'conditions':{'ready':" + ready + "}}]}");
    }
}
