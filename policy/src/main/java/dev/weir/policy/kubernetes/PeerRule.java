package dev.weir.policy.kubernetes;

import dev.weir.model.Ip;
import dev.weir.policy.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a rule's {@code from} or {@code to}: either an address block, or pods by the labels of pod and namespace.
 *
 * @param namespace the policy's own, for a {@code podSelector} that stands alone
 */
record PeerRule(
        String namespace,
        @Nullable LabelSelector pods,
        @Nullable LabelSelector namespaces,
        @Nullable Cidr block,
        List<Cidr> except) {

    static PeerRule parse(String namespace, Fields entry) {
        entry.allowOnly("podSelector", "namespaceSelector", "ipBlock");
        Fields pods = entry.child("podSelector");
        Fields namespaces = entry.child("namespaceSelector");
        Fields block = entry.child("ipBlock");
        if (pods.absent() && namespaces.absent() && block.absent()) {
            throw entry.invalid("needs a podSelector, a namespaceSelector or an ipBlock");
        }
        if (!block.absent() && !(pods.absent() && namespaces.absent())) {
            throw block.invalid("cannot go with a selector in the same entry");
        }
        if (!block.absent()) {
            return ofBlock(namespace, block);
        }
        return new PeerRule(
                namespace,
                pods.absent() ? null : LabelSelector.parse(pods),
                namespaces.absent() ? null : LabelSelector.parse(namespaces),
                null,
                List.of());
    }

    boolean matches(Peer peer) {
        if (block != null) {
            return blockContains(block, peer.ip());
        }
        Peer.Pod pod = peer.selectable();
        if (pod == null) {
            return false;
        }
        boolean namespaceMatches =
                namespaces == null ? pod.namespace().equals(namespace) : namespaces.matches(pod.namespaceLabels());
        return namespaceMatches && (pods == null || pods.matches(pod.labels()));
    }

    /** What does not hold, as phrases; empty when it matches. */
    List<String> failures(Peer peer) {
        if (matches(peer)) {
            return List.of();
        }
        if (block != null) {
            return List.of(blockFailure(block, peer.ip()));
        }
        Peer.Pod pod = peer.selectable();
        if (pod == null) {
            return List.of(peer.display() + (peer.pod() == null ? " is not a pod" : " uses the host's network"));
        }
        List<String> failures = new ArrayList<>();
        if (namespaces != null) {
            failures.addAll(prefixed("namespace ", namespaces, pod.namespaceLabels()));
        } else if (!pod.namespace().equals(namespace)) {
            failures.add("namespace is '" + pod.namespace() + "', not '" + namespace + "'");
        }
        if (pods != null) {
            failures.addAll(prefixed("pod ", pods, pod.labels()));
        }
        return failures;
    }

    private static List<String> prefixed(String what, LabelSelector selector, Map<String, String> labels) {
        return selector.failures(labels).stream().map(failure -> what + failure).toList();
    }

    private boolean blockContains(Cidr cidr, String ip) {
        byte[] address = Ip.parse(ip);
        return address != null && cidr.contains(address) && except.stream().noneMatch(out -> out.contains(address));
    }

    private String blockFailure(Cidr cidr, String ip) {
        byte[] address = Ip.parse(ip);
        if (address != null && cidr.contains(address)) {
            return ip + " is in the exceptions of " + cidr;
        }
        return ip + " is not in " + cidr;
    }

    private static PeerRule ofBlock(String namespace, Fields block) {
        block.allowOnly("cidr", "except");
        Cidr cidr = cidr(block.child("cidr"));
        List<Cidr> except = new ArrayList<>();
        for (Fields field : block.child("except").elements()) {
            Cidr out = cidr(field);
            if (!cidr.contains(out)) {
                throw field.invalid(out + " is not inside " + cidr);
            }
            except.add(out);
        }
        return new PeerRule(namespace, null, null, cidr, List.copyOf(except));
    }

    private static Cidr cidr(Fields field) {
        Cidr cidr = Cidr.parse(field.text());
        if (cidr == null) {
            throw field.invalid("'" + field.text() + "' is not a CIDR such as 10.0.0.0/8");
        }
        return cidr;
    }
}
