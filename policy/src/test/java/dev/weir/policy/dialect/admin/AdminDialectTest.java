package dev.weir.policy.dialect.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Direction;
import dev.weir.model.codec.Json;
import dev.weir.policy.Action;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.InvalidPolicyException;
import dev.weir.policy.Policy;
import dev.weir.policy.Tier;
import dev.weir.policy.dialect.Dialects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminDialectTest {
    private static final String SUBJECT = "'subject':{'namespaces':{}}";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            AdminNetworkPolicy   | {S}                                                                           | spec.priority                     | is missing
            AdminNetworkPolicy   | {'priority':1001,S}                                                           | spec.priority                     | outside 0..1000
            AdminNetworkPolicy   | {'priority':1}                                                                | spec.subject                      | is missing
            AdminNetworkPolicy   | {'priority':1,'subject':{}}                                                   | spec.subject                      | exactly one of namespaces, pods
            AdminNetworkPolicy   | {'priority':1,'subject':{'namespaces':{},'pods':{}}}                          | spec.subject                      | exactly one of
            AdminNetworkPolicy   | {'priority':1,S,'ingress':[{'action':'Allow'}]}                               | spec.ingress[0].from              | at least one peer
            AdminNetworkPolicy   | {'priority':1,S,'ingress':[{'action':'allow','from':[{'namespaces':{}}]}]}    | spec.ingress[0].action            | is not Allow or Deny or Pass
            AdminNetworkPolicy   | {'priority':1,S,'ingress':[{'action':'Allow','from':[{'networks':['::/0']}]}]} | spec.ingress[0].from[0].networks | is not a field that is known here
            AdminNetworkPolicy   | {'priority':1,S,'ingress':[{'action':'Allow','from':[{}]}]}                   | spec.ingress[0].from[0]           | exactly one of namespaces, pods
            AdminNetworkPolicy   | {'priority':1,S,'egress':[{'action':'Deny','to':[{'domainNames':['a.b']}]}]}  | spec.egress[0].to[0].domainNames  | only in a rule that allows
            AdminNetworkPolicy   | {'priority':1,S,'egress':[{'action':'Allow','to':[{'domainNames':['a*.b']}]}]} | spec.egress[0].to[0].domainNames[0] | is not a domain name
            AdminNetworkPolicy   | {'priority':1,S,'egress':[{'action':'Allow','to':[{'networks':['10.0.0.0/33']}]}]} | spec.egress[0].to[0].networks[0] | is not a CIDR
            AdminNetworkPolicy   | {'priority':1,S,'egress':[{'action':'Allow','to':[{'nodes':{}}],'ports':[{'portNumber':{'port':80},'namedPort':'x'}]}]} | spec.egress[0].ports[0] | exactly one of portNumber, portRange, namedPort
            AdminNetworkPolicy   | {'priority':1,S,'egress':[{'action':'Allow','to':[{'nodes':{}}],'ports':[{'portRange':{'start':9,'end':8}}]}]} | spec.egress[0].ports[0].portRange.end | 8 is below start 9
            BaselineAdminNetworkPolicy | {S,'ingress':[{'action':'Pass','from':[{'namespaces':{}}]}]}            | spec.ingress[0].action            | is not Allow or Deny
            BaselineAdminNetworkPolicy | {'priority':1,S}                                                        | spec.priority                     | is not a field that is known here
            BaselineAdminNetworkPolicy | {S,'egress':[{'action':'Allow','to':[{'domainNames':['a.b']}]}]}        | spec.egress[0].to[0].domainNames  | is not a field that is known here
            ClusterNetworkPolicy | {'tier':'admin','priority':1,S}                                               | spec.tier                         | is not Admin or Baseline
            ClusterNetworkPolicy | {'tier':'Admin','priority':1,S,'ingress':[{'action':'Allow','from':[{'namespaces':{}}]}]} | spec.ingress[0].action | is not Accept or Deny or Pass
            ClusterNetworkPolicy | {'tier':'Admin','priority':1,S,'ingress':[{'action':'Accept','from':[{'namespaces':{}}],'ports':[]}]} | spec.ingress[0].ports | is not a field that is known here
            ClusterNetworkPolicy | {'tier':'Admin','priority':1,S,'ingress':[{'action':'Accept','from':[{'namespaces':{}}],'protocols':[{'tcp':{'destinationPort':{'range':{'start':9,'end':9}}}}]}]} | spec.ingress[0].protocols[0].tcp.destinationPort.range.end | 9 is not above start 9
            ClusterNetworkPolicy | {'tier':'Admin','priority':1,S,'ingress':[{'action':'Accept','from':[{'namespaces':{}}],'protocols':[{'tcp':{}}]}]} | spec.ingress[0].protocols[0].tcp.destinationPort | is missing
            ClusterNetworkPolicy | {'tier':'Admin','priority':1,S,'egress':[{'action':'Accept','to':[{'networks':['::/0']}],'protocols':[{'destinationNamedPort':'web'}]}]} | spec.egress[0].protocols[0].destinationNamedPort | cannot go with networks
            """)
    void mistakesAreNamedByField(String kind, String spec, String field, String reason) {
        assertThatThrownBy(() -> compile(kind, spec))
                .isInstanceOfSatisfying(
                        InvalidPolicyException.class, e -> assertThat(e.field()).isEqualTo(field))
                .hasMessageContaining(reason);
    }

    @Test
    void atMostTwentyFiveOfEach() {
        String rule = "{'action':'Accept','from':[{'namespaces':{}}]}";
        String rules = (rule + ",").repeat(25) + rule;
        assertThatThrownBy(() ->
                        compile("ClusterNetworkPolicy", "{'tier':'Admin','priority':1,S,'ingress':[" + rules + "]}"))
                .hasMessageContaining("spec.ingress: has 26 entries, more than the 25");
        assertThat(compile(
                                "AdminNetworkPolicy",
                                "{'priority':1,S,'ingress':[" + rules.replace("Accept", "Allow") + "]}")
                        .rules(Direction.INGRESS))
                .hasSize(26);
    }

    @Test
    void baselineIsUniqueAndVersionsAreDistinguished() {
        JsonNode other = json("{'apiVersion':'policy.networking.k8s.io/v1alpha1','kind':'BaselineAdminNetworkPolicy',"
                + "'metadata':{'name':'x'},'spec':{" + SUBJECT + "}}");
        assertThatThrownBy(() -> Dialects.compile("BaselineAdminNetworkPolicy", other, ClusterFacts.NONE)
                        .get(0))
                .hasMessageContaining("metadata.name: 'x' is not 'default'");
        JsonNode version = json("{'apiVersion':'policy.networking.k8s.io/v1alpha1','kind':'ClusterNetworkPolicy',"
                + "'metadata':{'name':'x'},'spec':{}}");
        assertThatThrownBy(() -> Dialects.compile("ClusterNetworkPolicy", version, ClusterFacts.NONE)
                        .get(0))
                .hasMessageContaining("is not policy.networking.k8s.io/v1alpha2");
    }

    @Test
    void peersOfAnUnknownSortFailClosed() {
        Policy policy = compile(
                "ClusterNetworkPolicy",
                "{'tier':'Baseline','priority':1,S,'ingress':["
                        + "{'action':'Accept','from':[{'namespaces':{}},{'gateways':{}}]},"
                        + "{'action':'Pass','from':[{'gateways':{}}],'protocols':[{'udp':{'destinationPort':{'number':53}}}]}]}");
        assertThat(policy.tier()).isEqualTo(Tier.BASELINE);
        assertThat(policy.rules(Direction.INGRESS))
                .extracting(rule -> rule.action())
                .containsExactly(Action.ALLOW, Action.DENY);
        assertThat(policy.rules(Direction.INGRESS).get(0).peers()).hasSize(1);
        assertThat(policy.rules(Direction.INGRESS).get(1).ports()).isEmpty();
    }

    private static Policy compile(String kind, String spec) {
        String name = kind.startsWith("Baseline") ? "default" : "x";
        return Dialects.compile(
                        kind,
                        json("{'metadata':{'name':'" + name + "'},'spec':"
                                + spec.replace(",S", "," + SUBJECT).replace("{S", "{" + SUBJECT) + "}"),
                        ClusterFacts.NONE)
                .get(0);
    }

    private static JsonNode json(String text) {
        try {
            return Json.MAPPER.readTree(text.replace('\'', '"'));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
