package dev.weir.standalone;

import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Flow;
import dev.weir.model.PolicyEvidence;
import dev.weir.model.PolicyRef;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Alerts as text for a terminal. */
public final class AlertText {
    private static final int MAX_PORTS = 10;

    private AlertText() {}

    /** Renders one alert as a block of lines: title, source and destination, the reason, the evidence. */
    public static String block(Alert alert, String note) {
        StringBuilder text = new StringBuilder();
        text.append(alert.severity().name())
                .append("  ")
                .append(alert.detector())
                .append("  (")
                .append(note)
                .append(")\n");
        line(text, "what", alert.title());
        line(text, "who", who(alert.source()) + " -> " + who(alert.destination()) + " " + services(alert));
        PolicyEvidence policy = alert.policy();
        if (policy != null) {
            line(
                    text,
                    "why",
                    "policy expects " + policy.expected().name().toLowerCase(Locale.ROOT) + ", the network says "
                            + policy.observed());
            if (!policy.decidedBy().isEmpty()) {
                line(
                        text,
                        "rule",
                        policy.decidedBy().stream().map(PolicyRef::display).collect(Collectors.joining(", ")));
            }
            if (policy.nearest() != null) {
                line(text, "", policy.nearest());
            }
            String patch = policy.patch();
            if (patch != null) {
                String commands = patch.lines()
                        .filter(each -> each.startsWith("# kubectl "))
                        .map(each -> each.substring(2))
                        .collect(Collectors.joining("; "));
                line(text, "to allow", commands + "  (FILE: policy.patch of the alert)");
            }
        } else {
            line(text, "why", alert.summary());
        }
        line(text, "evidence", evidence(alert));
        line(text, "id", alert.id() + (alert.incident() == null ? "" : "  (incident " + alert.incident() + ")"));
        return text.toString();
    }

    /** Renders alerts as a table with one line for each; a column shows the cluster when an alert names one. */
    public static String table(List<Alert> alerts) {
        boolean clusters = alerts.stream().anyMatch(alert -> !cluster(alert).isEmpty());
        int width =
                alerts.stream().mapToInt(alert -> cluster(alert).length()).max().orElse(0);
        String column = clusters ? "%-" + Math.max(width, "CLUSTER".length()) + "s  " : "%s";
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%-20s  %-8s  %-18s  %6s  " + column + "%s%n",
                "FIRST SEEN",
                "SEVERITY",
                "DETECTOR",
                "FLOWS",
                clusters ? "CLUSTER" : "",
                "TITLE"));
        for (Alert alert : alerts) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-20s  %-8s  %-18s  %6d  " + column + "%s%n",
                    Instant.ofEpochMilli(alert.firstSeenMs() / 1000 * 1000),
                    alert.severity().word(),
                    alert.detector(),
                    alert.count(),
                    cluster(alert),
                    alert.title() + note(alert)));
        }
        return text.toString();
    }

    private static String cluster(Alert alert) {
        return alert.evidence().flows().stream()
                .map(flow -> flow.cluster() == null ? "-" : flow.cluster())
                .distinct()
                .sorted()
                .collect(Collectors.joining(","))
                .replaceFirst("^-$", "");
    }

    private static String note(Alert alert) {
        if (alert.suppressedBy() != null) {
            return "  (suppressed by " + alert.suppressedBy() + ")";
        }
        return alert.digest() == null ? "" : "  (folded into " + alert.digest() + ")";
    }

    private static String evidence(Alert alert) {
        StringBuilder text = new StringBuilder().append(alert.count()).append(alert.count() == 1 ? " flow" : " flows");
        if (!alert.evidence().observed().isEmpty()) {
            text.append("; observed ").append(figures(alert.evidence().observed()));
            text.append("; expected ").append(figures(alert.evidence().expected()));
        }
        alert.evidence().caveats().forEach(caveat -> text.append("; ").append(caveat));
        if (!alert.evidence().flows().isEmpty()) {
            Flow flow = alert.evidence().flows().get(0);
            text.append("; first ")
                    .append(Instant.ofEpochMilli(flow.startMs()))
                    .append(' ')
                    .append(flow.source().ip())
                    .append(" -> ")
                    .append(flow.destination().ip());
        }
        return text.toString();
    }

    private static String figures(Map<String, Double> figures) {
        return new TreeMap<>(figures)
                .entrySet().stream()
                        .map(figure -> figure.getKey() + " " + plain(figure.getValue()))
                        .collect(Collectors.joining(", "));
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static String services(Alert alert) {
        String ports =
                alert.ports().stream().limit(MAX_PORTS).map(String::valueOf).collect(Collectors.joining(","));
        String more = alert.ports().size() > MAX_PORTS ? ",..." : "";
        String protocol = alert.protocol() == null ? "" : alert.protocol();
        return ports.isEmpty() ? protocol : protocol + "/" + ports + more;
    }

    private static String who(@Nullable Entity entity) {
        if (entity == null) {
            return "unknown";
        }
        boolean podTells = entity.pod() != null && !entity.pod().equals(entity.workload());
        return entity.display() + (podTells ? " (" + entity.pod() + ")" : "");
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "  %-9s %s%n", name, value));
    }
}
