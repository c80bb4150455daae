package dev.weir.alerting.message;

import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Expected;
import dev.weir.model.Flow;
import dev.weir.model.PolicyEvidence;
import dev.weir.model.PolicyRef;
import dev.weir.model.Verdict;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The sentences about one alert, in plain text: a notifier escapes and shortens them as its channel requires.
 *
 * @param runbook the address of the runbook of its detector; null for none
 */
public record AlertMessage(Alert alert, @Nullable String runbook) {
    private static final int MAX_PORTS = 10;

    /** The severity as a word in capitals. */
    public String severity() {
        return alert.severity().name();
    }

    public String title() {
        return alert.title();
    }

    public String summary() {
        return alert.summary();
    }

    /** Source, destination and services: {@code shop/web (web-1) -> shop/db TCP/5432}. */
    public String who() {
        String services = services();
        return entity(alert.source()) + " -> " + entity(alert.destination()) + (services.isEmpty() ? "" : " ")
                + services;
    }

    /** The protocol and at most {@value #MAX_PORTS} ports: {@code TCP/80,443}; empty when neither is known. */
    public String services() {
        String protocol = alert.protocol() == null ? "" : alert.protocol();
        if (alert.ports().isEmpty()) {
            return protocol;
        }
        String ports =
                alert.ports().stream().limit(MAX_PORTS).map(String::valueOf).collect(Collectors.joining(","));
        int more = alert.ports().size() - MAX_PORTS;
        return protocol + "/" + ports + (more > 0 ? " and " + more + " more" : "");
    }

    /** The decision of the policies and the verdict of the network; null for an alert without policy evidence. */
    public @Nullable String policy() {
        PolicyEvidence policy = alert.policy();
        return policy == null
                ? null
                : decision(policy.expected()) + ", and " + verdict(policy.observed()) + " (verdict " + policy.observed()
                        + ").";
    }

    private static String decision(Expected expected) {
        return switch (expected) {
            case ALLOW -> "The policies allow this connection";
            case DENY -> "The policies deny this connection";
            case UNSELECTED -> "No policy selects this connection";
            case UNKNOWN -> "The policies may or may not allow this connection";
        };
    }

    private static String verdict(Verdict observed) {
        return switch (observed) {
            case FORWARDED -> "the network let it through";
            case DROPPED -> "the network dropped it";
            case AUDIT -> "the network let it through for audit";
            case ERROR -> "the network failed to handle it";
            case UNKNOWN -> "the record of the flow does not say what the network did";
        };
    }

    /** The policies and rules that decided; null when none is known. */
    public @Nullable String decidedBy() {
        PolicyEvidence policy = alert.policy();
        return policy == null || policy.decidedBy().isEmpty()
                ? null
                : policy.decidedBy().stream().map(PolicyRef::display).collect(Collectors.joining(", "));
    }

    /** The sentence about the rule that decided or came nearest; null when there is none. */
    public @Nullable String nearest() {
        PolicyEvidence policy = alert.policy();
        return policy == null ? null : policy.nearest();
    }

    /**
     * The number of flows, or of alerts that it stands for; measured and expected values, caveats, and the first sample
     * flow.
     */
    public String evidence() {
        StringBuilder text = new StringBuilder()
                .append(alert.count())
                .append(alert.isOfAlerts() ? " alert" : " flow")
                .append(alert.count() == 1 ? "" : "s");
        if (!alert.evidence().observed().isEmpty()) {
            text.append("; observed: ").append(Figures.text(alert.evidence().observed()));
        }
        if (!alert.evidence().expected().isEmpty()) {
            text.append("; expected: ").append(Figures.text(alert.evidence().expected()));
        }
        alert.evidence().caveats().forEach(caveat -> text.append("; ").append(caveat));
        if (!alert.evidence().flows().isEmpty()) {
            Flow flow = alert.evidence().flows().get(0);
            text.append("; first flow at ")
                    .append(Instant.ofEpochMilli(flow.startMs()))
                    .append(' ')
                    .append(flow.source().ip())
                    .append(" -> ")
                    .append(flow.destination().ip());
        }
        return text.toString();
    }

    /** The summary, {@link #who} and {@link #policy} as sentences: all that a channel of one line shows. */
    public String details() {
        String policy = policy();
        return summary() + " Source and destination: " + who() + "." + (policy == null ? "" : " " + policy);
    }

    private static String entity(@Nullable Entity entity) {
        if (entity == null) {
            return "unknown";
        }
        if (entity.key().equals(Entity.UNNAMED)) {
            return entity.namespace() == null
                    ? "several workloads or addresses"
                    : "several workloads of namespace " + entity.namespace();
        }
        boolean isPodNamed = entity.pod() != null && !entity.pod().equals(entity.workload());
        return entity.display() + (isPodNamed ? " (" + entity.pod() + ")" : "");
    }
}
