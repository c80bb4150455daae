package dev.weir.policy.dialect.calico;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.L7;
import dev.weir.policy.Peer;
import dev.weir.policy.PortClause;
import dev.weir.policy.manifest.DecidedSide;
import dev.weir.policy.manifest.RuleWriter;
import dev.weir.policy.manifest.StableLabels;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes the rule of a policy of Calico that matches exactly the other end, the port and the request of traffic. */
final class CalicoEntry {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final DecidedSide side;
    private final CalicoFacts facts;

    CalicoEntry(DecidedSide side, CalicoFacts facts) {
        this.side = side;
        this.facts = facts;
    }

    /** Writes a rule that allows; null if nothing selects the other end, or the request is not known that decides. */
    @Nullable ObjectNode allowing() {
        ObjectNode rule = rule("Allow");
        if (rule == null || !side.isByRequest()) {
            return rule;
        }
        L7 l7 = side.traffic().l7();
        L7.Http http = l7 == null ? null : l7.http();
        if (http == null || http.method() == null || http.path() == null) {
            return null;
        }
        ObjectNode request = rule.putObject("http");
        request.putArray("methods").add(http.method());
        request.putArray("paths").addObject().put("exact", http.path());
        return rule;
    }

    /** Writes a rule that denies; null if nothing selects the other end, or the port is not known. */
    @Nullable ObjectNode denying() {
        return isEveryPort() ? null : rule(CalicoTiers.DENY);
    }

    /** The warning that the rule is about more than the traffic; empty if it is not. */
    String remark() {
        return isEveryPort()
                ? side.traffic().service() + " cannot be allowed alone: this allows every port of the protocol."
                : "";
    }

    /** True if the protocol has ports, and that of the traffic is not known. */
    private boolean isEveryPort() {
        return side.traffic().port() == null
                && PortClause.PROTOCOLS.contains(side.traffic().protocol());
    }

    private @Nullable ObjectNode rule(String action) {
        ObjectNode other = end();
        if (other == null) {
            return null;
        }
        ObjectNode rule = JSON.objectNode().put("action", action);
        addProtocol(rule, side.traffic().protocol());
        rule.set(side.isIngress() ? "source" : "destination", other);
        Integer port = side.traffic().port();
        if (side.isExact() && port != null) {
            rule.withObject("/destination").putArray("ports").add(port);
        }
        return rule;
    }

    private static void addProtocol(ObjectNode rule, String protocol) {
        if (protocol.matches("[0-9]{1,3}")) {
            rule.put("protocol", Integer.parseInt(protocol));
        } else {
            rule.put("protocol", protocol.equals("ICMPV6") ? "ICMPv6" : protocol);
        }
    }

    /** The other end of the traffic, in a policy of the namespace of this one; null if nothing selects it. */
    private @Nullable ObjectNode end() {
        ObjectNode end = JSON.objectNode();
        Peer.Pod pod = side.other().selectable();
        String ip = side.other().ip();
        if (pod == null) {
            return ip == null ? null : end.set("nets", JSON.arrayNode().add(RuleWriter.cidr(ip)));
        }
        Map<String, String> labels = StableLabels.of(pod.identity().labels());
        if (labels.isEmpty()) {
            return null;
        }
        end.put("selector", selector(labels) + (isLikeSet(pod, labels) ? " && " + CalicoLabels.IS_POD : ""));
        Peer.Pod subject = side.subject().selectable();
        if (subject == null || !subject.namespace().equals(pod.namespace())) {
            end.put("namespaceSelector", CalicoLabels.NAME + " == '" + pod.namespace() + "'");
        }
        return end;
    }

    /** True if the labels of a pod are also those of a NetworkSet of its namespace, whose addresses are not meant. */
    private boolean isLikeSet(Peer.Pod pod, Map<String, String> labels) {
        return facts.sets().stream()
                .anyMatch(set -> pod.namespace().equals(set.namespace())
                        && set.labels().entrySet().containsAll(labels.entrySet()));
    }

    /** A selector of what has the labels. */
    static String selector(Map<String, String> labels) {
        return labels.entrySet().stream()
                .map(each -> each.getKey() + " == '" + each.getValue() + "'")
                .collect(Collectors.joining(" && "));
    }
}
