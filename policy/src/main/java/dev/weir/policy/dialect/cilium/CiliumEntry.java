package dev.weir.policy.dialect.cilium;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.L7;
import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
import dev.weir.policy.manifest.DecidedSide;
import dev.weir.policy.manifest.RuleWriter;
import dev.weir.policy.manifest.StableLabels;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the entry of a policy of Cilium that matches exactly the other end, the port and the request of traffic. */
final class CiliumEntry {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** The entities that an end which is no pod may be, those of fewer ends first. */
    private static final List<String> ENTITIES = List.of("kube-apiserver", "host", "remote-node");

    private final DecidedSide side;
    private final CiliumFacts facts;
    private final String prefix;

    CiliumEntry(DecidedSide side, CiliumFacts facts) {
        this.side = side;
        this.facts = facts;
        this.prefix = side.isIngress() ? "from" : "to";
    }

    /** Writes an entry that allows; null if nothing selects the other end, or the request is not known that decides. */
    @Nullable ObjectNode allowing() {
        ObjectNode entry = ofConnection();
        if (entry == null || !side.isByRequest()) {
            return entry;
        }
        L7 l7 = side.traffic().l7();
        L7.Http http = l7 == null ? null : l7.http();
        if (http == null || http.method() == null || http.path() == null || !side.isExact()) {
            return null;
        }
        ObjectNode toPorts = (ObjectNode) entry.path("toPorts").path(0);
        toPorts.putObject("rules")
                .putArray("http")
                .addObject()
                .put("method", http.method())
                .put("path", literally(http.path()));
        return entry;
    }

    /** Writes an entry that denies; null if nothing selects the other end, or no port can be named. */
    @Nullable ObjectNode denying() {
        return side.isExact() ? ofConnection() : null;
    }

    /** The warning that an entry is about more ends than the one; empty where it is not. */
    String remark() {
        String entity = entity();
        return entity == null || entity.equals("kube-apiserver")
                ? ""
                : entity.equals("host")
                        ? "Cilium selects no single node: this is about the node of each pod."
                        : "Cilium selects no single node: this is about all nodes but the pod's own.";
    }

    private @Nullable ObjectNode ofConnection() {
        ObjectNode entry = JSON.objectNode();
        if (!addPeer(entry)) {
            return null;
        }
        Integer port = side.traffic().port();
        if (side.isExact()) {
            entry.putArray("toPorts")
                    .addObject()
                    .putArray("ports")
                    .addObject()
                    .put("port", String.valueOf(port))
                    .put("protocol", side.traffic().protocol());
        }
        return entry;
    }

    /** Adds the other end; returns false if nothing selects it. */
    private boolean addPeer(ObjectNode entry) {
        Peer other = side.other();
        Peer.Pod pod = other.selectable();
        String entity = entity();
        String ip = other.ip();
        if (pod != null) {
            ObjectNode selector = endpoints(pod);
            return selector != null
                    && !entry.putArray(prefix + "Endpoints").add(selector).isEmpty();
        }
        if (entity != null) {
            return !entry.putArray(prefix + "Entities").add(entity).isEmpty();
        }
        return ip != null
                && !other.isHost()
                && !entry.putArray(prefix + "CIDR").add(RuleWriter.cidr(ip)).isEmpty();
    }

    private @Nullable String entity() {
        return ENTITIES.stream()
                .filter(name -> EntityClause.has(name, facts, side.traffic(), side.other()) == Holds.YES)
                .findFirst()
                .orElse(null);
    }

    /** A selector of pods with the same lasting labels; null if there are none. It names the namespace if it must. */
    private @Nullable ObjectNode endpoints(Peer.Pod pod) {
        Map<String, String> labels = labels(pod);
        if (labels.isEmpty()) {
            return null;
        }
        Peer.Pod subject = side.subject().selectable();
        if (subject == null || !subject.namespace().equals(pod.namespace())) {
            labels.put("k8s:" + EndpointLabels.NAMESPACE, pod.namespace());
        }
        return RuleWriter.selector(labels);
    }

    /** The lasting labels by which Cilium can select a pod. */
    static Map<String, String> labels(Peer.Pod pod) {
        Map<String, String> labels = StableLabels.of(pod.identity().labels());
        labels.keySet().removeIf(EndpointLabels::isLeftOut);
        return labels;
    }

    /** The regular expression that one text alone matches. */
    private static String literally(String text) {
        return text.replaceAll("[\\\\.^$*+?()\\[\\]{}|]", "\\\\$0");
    }
}
