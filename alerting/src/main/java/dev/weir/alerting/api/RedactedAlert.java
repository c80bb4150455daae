package dev.weir.alerting.api;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.model.Alert;
import dev.weir.model.Endpoint;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.Flow;
import dev.weir.model.PolicyEvidence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An alert for a caller who may see one of its ends only. The other end's workload and the measurements between both
 * stay; its policies, pods and labels are removed.
 */
final class RedactedAlert {
    private static final String HIDDEN = "The other end is in a namespace that you may not see.";

    private RedactedAlert() {}

    /** A copy of the alert without details of namespaces outside of the scope. */
    static Alert by(NamespaceScope scope, Alert alert) {
        if (scope.isAll()) {
            return alert;
        }
        Entity source = alert.source();
        Entity destination = alert.destination();
        boolean isWhole = (source == null || isKnown(scope, source.namespace()))
                && (destination == null || isKnown(scope, destination.namespace()));
        Evidence evidence = alert.evidence();
        return alert.withContent(
                // Summaries are free text of detectors, so they may describe the other end.
                isWhole ? alert.summary() : alert.title() + ". " + HIDDEN,
                entity(scope, source),
                entity(scope, destination),
                new Evidence(evidence.observed(), evidence.expected(), flows(scope, evidence), evidence.caveats()),
                policy(scope, alert.policy(), isWhole));
    }

    /** Ends outside of the cluster have no namespace and are visible to every caller. */
    private static boolean isKnown(NamespaceScope scope, @Nullable String namespace) {
        return namespace == null || scope.has(namespace);
    }

    private static @Nullable Entity entity(NamespaceScope scope, @Nullable Entity entity) {
        return entity == null || isKnown(scope, entity.namespace())
                ? entity
                : new Entity(
                        entity.namespace(), entity.workload(), entity.workloadKind(), null, null, null, null, null);
    }

    /** The flows with at least one end in the scope, each without details of the other end. */
    private static List<Flow> flows(NamespaceScope scope, Evidence evidence) {
        return evidence.flows().stream()
                .filter(flow -> scope.has(flow.source().namespace())
                        || scope.has(flow.destination().namespace()))
                .map(flow -> flow.withEndpoints(end(scope, flow.source()), end(scope, flow.destination())))
                .toList();
    }

    private static Endpoint end(NamespaceScope scope, Endpoint end) {
        return isKnown(scope, end.namespace())
                ? end
                : Endpoint.builder()
                        .ip(end.ip())
                        .port(end.port())
                        .bytes(end.bytes())
                        .packets(end.packets())
                        .tcpFlags(end.tcpFlags())
                        .namespace(end.namespace())
                        .workload(end.workload())
                        .workloadKind(end.workloadKind())
                        .build();
    }

    private static @Nullable PolicyEvidence policy(
            NamespaceScope scope, @Nullable PolicyEvidence policy, boolean isWhole) {
        return policy == null
                ? null
                : new PolicyEvidence(
                        policy.expected(),
                        policy.observed(),
                        policy.decidedBy().stream()
                                .filter(ref -> isKnown(scope, ref.namespace()))
                                .toList(),
                        isWhole ? policy.nearest() : null,
                        isWhole ? policy.patch() : null);
    }
}
