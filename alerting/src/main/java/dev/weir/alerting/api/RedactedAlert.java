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
 * An alert as somebody sees it who may know of one of its ends only: who the other end is and what was measured between them, but
 * neither its policies nor its pods and their labels.
 */
final class RedactedAlert {
    private static final String HIDDEN = "The other end is in a namespace that you may not see.";

    private RedactedAlert() {}

    /** The alert, in which nothing stands that somebody of the scope may not know. */
    static Alert by(NamespaceScope scope, Alert alert) {
        if (scope.isAll()) {
            return alert;
        }
        Entity source = alert.source();
        Entity destination = alert.destination();
        boolean isWhole = (source == null || isKnown(scope, source.namespace()))
                && (destination == null || isKnown(scope, destination.namespace()));
        Evidence evidence = alert.evidence();
        return alert.told(
                // Detectors word it as they like, so it may say anything of the other end.
                isWhole ? alert.summary() : alert.title() + ". " + HIDDEN,
                entity(scope, source),
                entity(scope, destination),
                new Evidence(evidence.observed(), evidence.expected(), flows(scope, evidence), evidence.caveats()),
                policy(scope, alert.policy(), isWhole));
    }

    /** What is outside of the cluster is for all to see. */
    private static boolean isKnown(NamespaceScope scope, @Nullable String namespace) {
        return namespace == null || scope.has(namespace);
    }

    private static @Nullable Entity entity(NamespaceScope scope, @Nullable Entity entity) {
        return entity == null || isKnown(scope, entity.namespace())
                ? entity
                : new Entity(
                        entity.namespace(), entity.workload(), entity.workloadKind(), null, null, null, null, null);
    }

    /** Those that have an end that somebody may know of. */
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
