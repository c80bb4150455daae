package dev.weir.policy.suite;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.Ip;
import dev.weir.policy.Peer;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.cluster.Member;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One end of a check: a pod, a workload that stands for its pods, or an address. */
record End(
        @Nullable String namespace,
        @Nullable String pod,
        @Nullable String workload,
        @Nullable String kind,
        @Nullable String ip) {

    static End parse(String field, JsonNode end) {
        MalformedCheckException.refuseOthers(
                end, field, Set.of("namespace", "pod", "workload", "kind", "ip", "principal"));
        End parsed = new End(
                text(end, "namespace"), text(end, "pod"), text(end, "workload"), text(end, "kind"), text(end, "ip"));
        long named = Stream.of(parsed.pod, parsed.workload, parsed.ip)
                .filter(each -> each != null)
                .count();
        if (named != 1 || (parsed.ip == null && parsed.namespace == null)) {
            throw new MalformedCheckException(
                    field, "must be {namespace, pod}, {namespace, workload, kind} or {ip}, not " + end);
        }
        if (parsed.ip != null && Ip.canonical(parsed.ip) == null) {
            throw new MalformedCheckException(field + ".ip", "'" + parsed.ip + "' is not an IP address");
        }
        return parsed;
    }

    /** The members that it stands for; none for an address. */
    List<Member> members(Cluster cluster) {
        if (namespace == null) {
            return List.of();
        }
        if (workload != null) {
            return cluster.of(namespace, kind, workload);
        }
        Member member = pod == null ? null : cluster.pod(namespace, pod);
        return member == null ? List.of() : List.of(member);
    }

    /** The peer of an address; null when it is none. */
    @Nullable Peer address(Cluster cluster) {
        return ip == null ? null : cluster.at(ip);
    }

    String display() {
        if (ip != null) {
            return ip;
        }
        return namespace + "/" + (pod == null ? workload + (kind == null ? "" : " (" + kind + ")") : pod);
    }

    private static @Nullable String text(JsonNode end, String field) {
        JsonNode value = end.path(field);
        return value.isTextual() ? value.textValue() : null;
    }
}
