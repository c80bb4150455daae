package dev.weir.standalone;

import dev.weir.alerting.message.AlertMessage;
import dev.weir.model.Alert;
import dev.weir.model.PolicyEvidence;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Alerts as text for a terminal. */
public final class AlertText {
    private AlertText() {}

    /** Renders one alert as a block of lines: title, source and destination, the reason, the evidence. */
    public static String block(AlertMessage message, String note) {
        Alert alert = message.alert();
        StringBuilder text = new StringBuilder();
        text.append(alert.severity().name())
                .append("  ")
                .append(alert.detector())
                .append("  (")
                .append(note)
                .append(")\n");
        line(text, "what", alert.title());
        line(text, "who", message.who());
        PolicyEvidence policy = alert.policy();
        if (policy != null) {
            line(text, "why", message.policy());
            line(text, "rule", message.decidedBy());
            line(text, "", message.nearest());
            String patch = policy.patch();
            if (patch != null) {
                line(text, "to allow", howToApply(patch, alert.id()));
            }
        } else {
            line(text, "why", alert.summary());
        }
        line(text, "evidence", message.evidence());
        line(text, "runbook", message.runbook());
        line(text, "id", alert.id() + (alert.incident() == null ? "" : "  (incident " + alert.incident() + ")"));
        return text.toString();
    }

    /** The steps that apply a patch. A patch of both ends has a part for each, with a line of dashes between. */
    private static String howToApply(String patch, String id) {
        List<String> commands = patch.lines()
                .filter(each -> each.startsWith("# kubectl "))
                .map(each -> each.substring(2))
                .toList();
        String where = "policy.patch of the alert (weir alerts show " + id + " -o json)";
        return (commands.size() == 1
                        ? "Save " + where + " as FILE, and run: "
                        : "Save each part of " + where + " as a FILE of its own, and run: ")
                + String.join("; ", commands);
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
                    alert.severity().id(),
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

    /** Appends a line, unless it has no value. */
    private static void line(StringBuilder text, String name, @Nullable String value) {
        if (value != null) {
            text.append(String.format(Locale.ROOT, "  %-9s %s%n", name, value));
        }
    }
}
