package dev.weir.standalone.lab;

import dev.weir.model.Alert;
import dev.weir.model.Endpoint;
import dev.weir.model.Entity;
import dev.weir.model.Flow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds alerts against labelled flows. An alert covers a flow whose ends are those that it names, in either direction,
 * within a minute of its time. An attack is found if an alert covers one of its flows, and named if the tactic of such
 * an alert is that of the attack. An alert that covers ordinary flows alone is false.
 */
final class LabScore {
    private static final long LAG_MS = 60_000;

    /** An alert with more ports than these is not held to them. */
    private static final int MOST_PORTS = 20;

    private static final Map<String, Set<String>> TACTICS = Map.of(
            "scan", Set.of("discovery"),
            "http-recon", Set.of("discovery"),
            "bruteforce", Set.of("credential-access"),
            "c2", Set.of("command-and-control", "exfiltration"),
            "dns-tunnel", Set.of("command-and-control", "exfiltration"),
            "exfil", Set.of("exfiltration", "command-and-control"),
            "ddos", Set.of("impact"),
            "mining", Set.of("impact", "command-and-control"),
            "lateral-pod-to-apiserver", Set.of("lateral-movement", "credential-access", "discovery"),
            "lateral", Set.of("lateral-movement"));

    private final Map<String, Attack> attacks = new LinkedHashMap<>();
    private final List<Alert> wrong = new ArrayList<>();
    private final int alerts;
    private int right;

    private static final class Attack {
        private int flows;
        private boolean isNamed;
        private final Set<String> detectors = new TreeSet<>();
    }

    LabScore(LabSet set, List<Alert> alerts) {
        this.alerts = alerts.size();
        for (LabSet.Labelled each : set.flows()) {
            if (!each.label().equals(LabSet.BENIGN)) {
                attacks.computeIfAbsent(each.label(), label -> new Attack()).flows++;
            }
        }
        alerts.forEach(alert -> score(set, alert));
    }

    private void score(LabSet set, Alert alert) {
        Set<String> labels = new TreeSet<>();
        for (LabSet.Labelled each : set.flows()) {
            if (covers(alert, each.flow())) {
                labels.add(each.label());
            }
        }
        if (labels.equals(Set.of(LabSet.BENIGN))) {
            wrong.add(alert);
        }
        right += labels.isEmpty() || labels.equals(Set.of(LabSet.BENIGN)) ? 0 : 1;
        for (String label : labels) {
            Attack attack = attacks.get(label);
            if (attack != null) {
                attack.detectors.add(alert.detector());
                attack.isNamed |= tactics(label).contains(alert.category());
            }
        }
    }

    /** The tactics of the longest kind that the label begins with. */
    private static Set<String> tactics(String label) {
        String kind = TACTICS.keySet().stream()
                .filter(label::startsWith)
                .max(Comparator.comparingInt(String::length))
                .orElseThrow(() -> new IllegalArgumentException(label + " begins with no kind of attack"));
        return TACTICS.getOrDefault(kind, Set.of());
    }

    private static boolean covers(Alert alert, Flow flow) {
        if (flow.endMs() < alert.firstSeenMs() - LAG_MS || flow.startMs() > alert.lastSeenMs() + LAG_MS) {
            return false;
        }
        Integer port = flow.destination().port();
        boolean isOfPorts = alert.ports().isEmpty()
                || alert.ports().size() > MOST_PORTS
                || port != null && alert.ports().contains(port)
                || flow.source().port() != null
                        && alert.ports().contains(flow.source().port());
        return isOfPorts
                && (is(alert.source(), flow.source()) && is(alert.destination(), flow.destination())
                        || is(alert.source(), flow.destination()) && is(alert.destination(), flow.source()));
    }

    /** True if the alert names the end, or several ends that may include it. */
    private static boolean is(@Nullable Entity named, Endpoint end) {
        if (named == null || (named.ip() == null && named.workload() == null)) {
            return true;
        }
        if (named.ip() != null) {
            return named.ip().equals(end.ip());
        }
        return (named.namespace() + "/" + named.workload()).equals(LabHost.workloadOf(end.ip()));
    }

    List<String> missed() {
        return attacks.entrySet().stream()
                .filter(each -> each.getValue().detectors.isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The number of alerts that cover a flow of an attack. */
    int right() {
        return right;
    }

    List<Alert> wrong() {
        return wrong;
    }

    /** The table of a half, in Markdown. */
    String table() {
        StringBuilder rows = new StringBuilder("| attack | flows | found by | named |\n|---|---|---|---|\n");
        attacks.forEach((label, attack) -> rows.append("| `%s` | %d | %s | %s |%n"
                .formatted(
                        label,
                        attack.flows,
                        attack.detectors.isEmpty() ? "missed" : String.join(", ", attack.detectors),
                        attack.isNamed ? "yes" : "no")));
        return rows + summary();
    }

    /** The sums of a half, in one line. */
    String summary() {
        long named = attacks.values().stream().filter(each -> each.isNamed).count();
        return "%d attacks, %d found, %d named; %d alerts, %d false%n"
                .formatted(attacks.size(), attacks.size() - missed().size(), named, alerts, wrong.size());
    }
}
