package dev.weir.analytics.detector.newedge;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Scope;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Step;
import dev.weir.model.Activity;
import dev.weir.model.Ip;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Alerts on an edge (destination, port, protocol) that a source never used while it was learned. Sources that are public
 * addresses have no baseline: every client of the internet would be new. Edges count once a connection was answered, so
 * that a scan does not become a hundred new edges; edges that break a policy are left to the policy's own alert, and not
 * learned. Destination ports of the ephemeral range are one: they are chosen anew each time.
 */
public final class NewEdge extends AbstractDetector<NewEdgeState> {
    public static final String ID = "new-edge";

    private static final long serialVersionUID = 1L;
    private static final int FIRST_EPHEMERAL = 32768;
    private static final Duration RETENTION = Duration.ofDays(30);

    private final NewEdgeConfig config;

    public NewEdge(NewEdgeConfig config) {
        super(ID, Scope.SOURCE, NewEdgeState.class, RETENTION);
        this.config = config;
    }

    @Override
    public Step<NewEdgeState> step(@Nullable NewEdgeState state, Slice slice) {
        long since = state == null ? slice.startMs() : state.sinceMs();
        Map<String, Long> lastSeen = state == null ? new HashMap<>() : new HashMap<>(state.lastSeenMs());
        Map<String, Long> alerted = state == null ? new HashMap<>() : new HashMap<>(state.alertedMs());
        boolean learning = slice.startMs() < since + config.learn().toMillis();
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : slice.activities()) {
            if (!counts(activity)) {
                continue;
            }
            String edge = edge(activity);
            if (!learning && !lastSeen.containsKey(edge)) {
                alerted.put(edge, activity.firstSeenMs());
            }
            Long alertedAt = alerted.get(edge);
            if (alertedAt != null) {
                findings.add(finding(activity, edge, since, alertedAt, known(lastSeen, alerted)));
            }
            lastSeen.put(edge, Math.max(activity.lastSeenMs(), lastSeen.getOrDefault(edge, 0L)));
        }
        long grown = slice.endMs() - config.growFor().toMillis();
        alerted.values().removeIf(at -> at < grown);
        forgetOldest(lastSeen);
        return new Step<>(new NewEdgeState(since, lastSeen, alerted), findings);
    }

    private static boolean counts(Activity activity) {
        boolean breaksPolicy = activity.outcome() != null;
        String destination = activity.destination().ip();
        boolean group = destination != null && Ip.isMulticast(destination);
        return activity.established() > 0
                && !breaksPolicy
                && !group
                && !activity.source().isExternal();
    }

    private static String edge(Activity activity) {
        Integer port = activity.port();
        String service = port == null ? "" : port >= FIRST_EPHEMERAL ? "ephemeral" : port.toString();
        return activity.destination().key() + " " + activity.protocol() + "/" + service;
    }

    private static long known(Map<String, Long> lastSeen, Map<String, Long> alerted) {
        return lastSeen.keySet().stream()
                .filter(edge -> !alerted.containsKey(edge))
                .count();
    }

    private Finding finding(Activity activity, String edge, long since, long alertedAt, long known) {
        String service = activity.protocol() + (activity.port() == null ? "" : "/" + activity.port());
        String who = activity.source().display();
        String whom = activity.destination().display();
        return Findings.of(this, activity)
                .subject(edge)
                .category("baseline")
                .impact(Severity.MEDIUM)
                .confidence(Math.min(0.9, 0.5 + 0.02 * known))
                .title(who + " connects to " + whom + " for the first time")
                .summary(who + " opened " + service + " to " + whom + ". In the time it has been watched it had "
                        + known + " other edges and never this one.")
                .observed("connections", activity.connections())
                .observed("first_used_ms", alertedAt)
                .expected("edges_known", known)
                .expected("watched_since_ms", since)
                .build();
    }

    private void forgetOldest(Map<String, Long> lastSeen) {
        while (lastSeen.size() > config.maxEdges()) {
            lastSeen.entrySet().stream()
                    .min(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                    .ifPresent(oldest -> lastSeen.remove(oldest.getKey()));
        }
    }
}
