package dev.weir.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.codec.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A thousand policies of one dialect for {@link BigCluster}: for each of 495 namespaces one that closes it and one that
 * allows, and ten of the whole cluster that deny.
 */
enum BigPolicies {
    CILIUM("""
            {'apiVersion':'cilium.io/v2','kind':'CiliumNetworkPolicy','metadata':{'name':'closed','namespace':'%1$s'},
             'spec':{'endpointSelector':{},'ingress':[{}],'egress':[{}]}}""", """
            {'apiVersion':'cilium.io/v2','kind':'CiliumNetworkPolicy','metadata':{'name':'allow','namespace':'%1$s'},
             'spec':{'endpointSelector':{'matchLabels':{'tier':'back'}},
             'ingress':[{'fromEndpoints':[{'matchLabels':{'tier':'front'}}],
             'toPorts':[{'ports':[{'port':'%3$d','protocol':'TCP'}]}]},
             {'fromEndpoints':[{'matchLabels':{'io.cilium.k8s.namespace.labels.team':'t%2$d'}}],
             'toPorts':[{'ports':[{'port':'5432','protocol':'TCP'}]}]}],
             'egress':[{'toCIDR':['192.0.2.%2$d/32']}]}}""", """
            {'apiVersion':'cilium.io/v2','kind':'CiliumClusterwideNetworkPolicy','metadata':{'name':'wide%1$d'},
             'spec':{'endpointSelector':{'matchLabels':{'io.cilium.k8s.namespace.labels.team':'t%1$d'}},
             'enableDefaultDeny':{'ingress':false},
             'ingressDeny':[{'fromEndpoints':[{'matchLabels':{'io.cilium.k8s.namespace.labels.team':'t%2$d'}}]}]}}"""),
    CALICO("""
            {'apiVersion':'projectcalico.org/v3','kind':'NetworkPolicy','metadata':{'name':'closed','namespace':'%1$s'},
             'spec':{'selector':'all()','types':['Ingress','Egress'],'order':2000}}""", """
            {'apiVersion':'projectcalico.org/v3','kind':'NetworkPolicy','metadata':{'name':'allow','namespace':'%1$s'},
             'spec':{'selector':'tier == `back`','types':['Ingress','Egress'],'order':100,
             'ingress':[{'action':'Allow','protocol':'TCP','source':{'selector':'tier == `front`'},
             'destination':{'ports':[%3$d]}},
             {'action':'Allow','protocol':'TCP','source':{'namespaceSelector':'team == `t%2$d`'},
             'destination':{'ports':[5432]}}],
             'egress':[{'action':'Allow','destination':{'nets':['192.0.2.%2$d/32']}}]}}""", """
            {'apiVersion':'projectcalico.org/v3','kind':'GlobalNetworkPolicy','metadata':{'name':'wide%1$d'},
             'spec':{'namespaceSelector':'team == `t%1$d`','types':['Ingress'],'order':%1$d,
             'ingress':[{'action':'Deny','source':{'namespaceSelector':'team == `t%2$d`'}}]}}"""),
    ISTIO("""
            {'apiVersion':'security.istio.io/v1','kind':'PeerAuthentication','metadata':{'name':'strict',
             'namespace':'%1$s'},'spec':{'mtls':{'mode':'STRICT'}}}""", """
            {'apiVersion':'security.istio.io/v1','kind':'AuthorizationPolicy','metadata':{'name':'allow',
             'namespace':'%1$s'},'spec':{'selector':{'matchLabels':{'tier':'back'}},'rules':[
             {'from':[{'source':{'namespaces':['%1$s']}}],'to':[{'operation':{'ports':['%3$d']}}]},
             {'from':[{'source':{'principals':['cluster.local/ns/ns%2$d/sa/default']}}],
             'to':[{'operation':{'ports':['5432']}}]},
             {'from':[{'source':{'ipBlocks':['192.0.2.%2$d/32']}}]}]}}""", """
            {'apiVersion':'security.istio.io/v1','kind':'AuthorizationPolicy','metadata':{'name':'wide%1$d',
             'namespace':'istio-system'},'spec':{'action':'DENY','rules':[
             {'from':[{'source':{'namespaces':['ns%2$d']}}]}]}}""");

    private static final int NAMESPACES = 495;
    private static final int WIDE = 10;
    private static final int PORT = 8080;

    private final String closing;
    private final String allowing;
    private final String wide;

    /**
     * Creates the policies from their texts, in which a back-quote stands for a single quote within a text.
     *
     * @param closing with the namespace
     * @param allowing with the namespace, a small number and a port
     * @param wide with two numbers
     */
    BigPolicies(String closing, String allowing, String wide) {
        this.closing = closing;
        this.allowing = allowing;
        this.wide = wide;
    }

    List<ObjectNode> all() {
        List<ObjectNode> all = new ArrayList<>();
        for (int i = 0; i < NAMESPACES; i++) {
            all.add(parse(closing, "ns" + i));
            all.add(allow(i, PORT));
        }
        for (int i = 0; i < WIDE; i++) {
            all.add(parse(wide, i, i + 1));
        }
        return all;
    }

    /** The policy of a namespace that allows some traffic to a port. */
    ObjectNode allow(int namespace, int port) {
        return parse(allowing, "ns" + namespace, namespace % 20, port);
    }

    private static ObjectNode parse(String text, Object... values) {
        String json =
                String.format(Locale.ROOT, text, values).replace('\'', '"').replace('`', '\'');
        try {
            return (ObjectNode) Json.MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(json, e);
        }
    }
}
