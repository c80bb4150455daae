package dev.weir.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.weir.model.Expected;
import dev.weir.model.codec.Json;
import dev.weir.model.context.ClusterObject.NamedPort;
import dev.weir.policy.dialect.Dialects;
import dev.weir.policy.explain.Explainer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicySetTest {
    private static final Peer WEB = pod("web", "10.0.0.1", false);
    private static final Peer API = pod("api", "10.0.0.2", false);
    private static final Peer DB = pod("db", "10.0.0.3", false);
    private static final Policy FROM_API = policy(
            "db",
            "{'podSelector':{'matchLabels':{'app':'db'}},'ingress':[{'from':[{'podSelector':{'matchLabels':{'app':'api'}}}],'ports':[{'port':5432}]}]}");

    private final PolicySet set = PolicySet.of(List.of(FROM_API));

    @Test
    void allowNamesTheRule() {
        Decision decision = set.decide(new Traffic(API, DB, "TCP", 5432));
        assertThat(decision.expected()).isEqualTo(Expected.ALLOW);
        assertThat(decision.decidedBy())
                .singleElement()
                .extracting("name", "rule")
                .containsExactly("db", "ingress[0]");
    }

    @Test
    void denialNamesTheFailedClause() {
        Decision wrongPod = set.decide(new Traffic(WEB, DB, "TCP", 5432));
        assertThat(wrongPod.expected()).isEqualTo(Expected.DENY);
        assertThat(wrongPod.decidedBy()).singleElement().extracting("rule").isEqualTo("ingress");
        assertThat(because(set, WEB, DB, "TCP", 5432))
                .isEqualTo("No rule of NetworkPolicy shop/db allows TCP/5432 from shop/web-1."
                        + " The nearest rule, NetworkPolicy shop/db ingress[0], does not match:"
                        + " pod label app is 'web', not 'api'.");
        assertThat(because(set, API, DB, "TCP", 80)).endsWith("does not match: the port is TCP/80, not TCP/5432.");
        assertThat(because(set, Peer.address("192.0.2.1"), DB, "TCP", 5432))
                .endsWith("does not match: 192.0.2.1 is not a pod.");
    }

    @Test
    void undecidedRuleDoesNotMatterBesideAnAllow() {
        Policy open = policy(
                "open", "{'podSelector':{'matchLabels':{'app':'db'}},'ingress':[{'from':[{'podSelector':{}}]}]}");
        Decision decision = PolicySet.of(List.of(FROM_API, open)).decide(new Traffic(API, DB, "TCP", null));
        assertThat(decision.ingress().expected()).isEqualTo(Expected.ALLOW);
        assertThat(decision.ingress().decidedBy())
                .singleElement()
                .extracting("name")
                .isEqualTo("open");
    }

    @Test
    void undecidedRuleDoesNotMatterIfOutcomesAgree() {
        String rules = "{'tier':'Admin','priority':1,'subject':{'namespaces':{}},'ingress':["
                + "{'action':'Deny','from':[{'namespaces':{}}],'protocols':[{'tcp':{'destinationPort':{'number':5432}}}]},"
                + "{'action':'%s','from':[{'namespaces':{}}]}]}";
        Traffic unknownPort = new Traffic(API, DB, "TCP", null);
        assertThat(PolicySet.of(List.of(cluster(rules.formatted("Deny"))))
                        .decide(unknownPort)
                        .expected())
                .isEqualTo(Expected.DENY);
        assertThat(PolicySet.of(List.of(cluster(rules.formatted("Accept"))))
                        .decide(unknownPort)
                        .expected())
                .isEqualTo(Expected.UNKNOWN);
    }

    @Test
    void podAndItsNodeAlwaysReachEachOther() {
        Peer node = Peer.node("192.168.0.1", new Peer.Node("n1", Map.of()));
        Peer onNode = Peer.pod(DB.ip(), Objects.requireNonNull(DB.pod()), "n1");
        Peer elsewhere = Peer.pod(DB.ip(), Objects.requireNonNull(DB.pod()), "n2");
        assertThat(set.decide(new Traffic(node, onNode, "TCP", 80)).expected()).isEqualTo(Expected.UNSELECTED);
        assertThat(new Decider(set).decide(new Traffic(node, onNode, "TCP", 80)).expected())
                .isEqualTo(Expected.UNSELECTED);
        assertThat(set.decide(new Traffic(node, elsewhere, "TCP", 80)).expected())
                .isEqualTo(Expected.DENY);
        assertThat(because(set, node, onNode, "TCP", 80)).isNull();
    }

    @Test
    void missingPartsOfTheRecordMakeItUnknown() {
        Decision decision = set.decide(new Traffic(API, DB, "TCP", null));
        assertThat(decision.expected()).isEqualTo(Expected.UNKNOWN);
        assertThat(because(set, API, DB, "TCP", null))
                .isEqualTo("NetworkPolicy shop/db ingress[0] may or may not match TCP from shop/api-1:"
                        + " the record holds no destination port.");
        assertThat(set.decide(new Traffic(WEB, DB, "TCP", null)).expected()).isEqualTo(Expected.DENY);
    }

    @Test
    void noRuleAtAllSaysSo() {
        PolicySet closed = set.with(policy("closed", "{'policyTypes':['Egress']}"));
        assertThat(because(closed, WEB, API, "UDP", 53))
                .isEqualTo("No rule of NetworkPolicy shop/closed allows any egress from shop/web-1.");
    }

    @Test
    void podsReachThemselvesAndHostNetworkPodsAreOutOfReach() {
        PolicySet closed = PolicySet.of(List.of(policy("closed", "{'policyTypes':['Ingress','Egress']}")));
        assertThat(closed.decide(new Traffic(DB, DB, "TCP", 1)).expected()).isEqualTo(Expected.ALLOW);
        Peer host = pod("db", "172.18.0.2", true);
        assertThat(closed.decide(new Traffic(Peer.address("192.0.2.1"), host, "TCP", 1))
                        .expected())
                .isEqualTo(Expected.UNSELECTED);
    }

    @Test
    void changedSetLeavesTheOldOneAsItWas() {
        PolicySet replaced = set.with(policy("db", "{'podSelector':{'matchLabels':{'app':'db'}},'ingress':[{}]}"));
        assertThat(replaced.size()).isEqualTo(1);
        assertThat(replaced.decide(new Traffic(WEB, DB, "TCP", 1)).expected()).isEqualTo(Expected.ALLOW);
        assertThat(set.decide(new Traffic(WEB, DB, "TCP", 1)).expected()).isEqualTo(Expected.DENY);
        assertThat(replaced.without(FROM_API.ref()).size()).isZero();
    }

    @Test
    void namedPortsAreThoseOfTheDestination() {
        PolicySet named =
                PolicySet.of(List.of(policy("db", "{'ingress':[{'ports':[{'port':'sql','protocol':'TCP'}]}]}")));
        assertThat(named.decide(new Traffic(WEB, DB, "TCP", 5432)).expected()).isEqualTo(Expected.ALLOW);
        assertThat(named.decide(new Traffic(WEB, DB, "UDP", 5432)).expected()).isEqualTo(Expected.DENY);
        assertThat(named.decide(new Traffic(WEB, DB, "TCP", 5433)).expected()).isEqualTo(Expected.DENY);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'ingress':[{'from':[{}]}]}                                              | spec.ingress[0].from[0]                      | needs a podSelector
            {'ingress':[{'from':[{'ipBlock':{'cidr':'10.0.0.0'}}]}]}                 | spec.ingress[0].from[0].ipBlock.cidr         | is not a CIDR
            {'ingress':[{'from':[{'ipBlock':{'cidr':'10.0.0.0/8','except':['11.0.0.0/9']}}]}]} | spec.ingress[0].from[0].ipBlock.except[0] | is not a part of
            {'ingress':[{'from':[{'ipBlock':{'cidr':'::/0'},'podSelector':{}}]}]}    | spec.ingress[0].from[0].ipBlock              | cannot go with a selector
            {'ingress':[{'ports':[{'port':80,'endPort':79}]}]}                       | spec.ingress[0].ports[0].endPort             | 79 is below port 80
            {'ingress':[{'ports':[{'port':'http','endPort':79}]}]}                   | spec.ingress[0].ports[0].endPort             | named port
            {'ingress':[{'ports':[{'port':70000}]}]}                                 | spec.ingress[0].ports[0].port                | outside 1..65535
            {'ingress':[{'ports':[{'protocol':'ICMP'}]}]}                            | spec.ingress[0].ports[0].protocol            | is not TCP, UDP or SCTP
            {'egress':[{'from':[]}]}                                                 | spec.egress[0].from                          | is not a field that is known here
            {'policyTypes':['ingress']}                                              | spec.policyTypes[0]                          | is not Ingress or Egress
            {'podSelector':{'matchExpressions':[{'key':'a','operator':'In'}]}}       | spec.podSelector.matchExpressions[0].values  | must not be empty
            {'podSelector':{'matchLabels':{'a b':'c'}}}                              | spec.podSelector.matchLabels.a b             | is not a label key
            {'podSelector':{'matchLabels':{'a':1}}}                                  | spec.podSelector.matchLabels.a               | must be a string
            """)
    void mistakesAreNamedByField(String spec, String field, String reason) {
        assertThatThrownBy(() -> policy("x", spec))
                .isInstanceOfSatisfying(
                        InvalidPolicyException.class, e -> assertThat(e.field()).isEqualTo(field))
                .hasMessageStartingWith("NetworkPolicy shop/x: ")
                .hasMessageContaining(reason);
    }

    private static @Nullable String because(
            PolicySet policies, Peer from, Peer to, String protocol, @Nullable Integer port) {
        return Explainer.explain(policies, new Traffic(from, to, protocol, port))
                .because();
    }

    private static Peer pod(String app, String ip, boolean hostNetwork) {
        Map<String, String> namespace = Map.of("kubernetes.io/metadata.name", "shop");
        return Peer.pod(
                ip,
                new Peer.Pod(
                        "shop",
                        app + "-1",
                        namespace,
                        Map.of("app", app),
                        List.of(new NamedPort("sql", "TCP", 5432)),
                        hostNetwork));
    }

    private static Policy policy(String name, @Nullable String spec) {
        return compile("NetworkPolicy", "{'metadata':{'namespace':'shop','name':'" + name + "'},'spec':" + spec + "}");
    }

    private static Policy cluster(String spec) {
        return compile(
                "ClusterNetworkPolicy",
                "{'apiVersion':'policy.networking.k8s.io/v1alpha2','kind':'ClusterNetworkPolicy',"
                        + "'metadata':{'name':'c'},'spec':" + spec + "}");
    }

    private static Policy compile(String kind, String json) {
        try {
            return Dialects.compile(kind, Json.MAPPER.readTree(json.replace('\'', '"')), ClusterFacts.NONE)
                    .get(0);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
