package dev.weir.analytics.detector.cleartext;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.Eviction;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Scope;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Step;
import dev.weir.analytics.detector.Tried;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connections that anybody on the way can read (ATT&amp;CK T1040): protocols that send passwords as they are, and, in
 * namespaces that demand encryption, whatever the exporter says was not encrypted. It is posture: told once a day for an
 * edge, not for each connection.
 */
public final class Cleartext extends AbstractDetector<Tried.Members> {
    public static final String ID = "cleartext";

    private static final long serialVersionUID = 1L;
    private static final Duration AGAIN = Duration.ofDays(1);
    private static final int MAX_EDGES = 256;

    private final CleartextConfig config;

    public Cleartext(CleartextConfig config) {
        super(ID, Scope.SOURCE, Tried.Members.class, AGAIN);
        this.config = config;
    }

    @Override
    public boolean concerns(Activity activity) {
        return activity.established() > 0 && why(activity) != null;
    }

    @Override
    public Step<Tried.Members> step(Tried.@Nullable Members state, Slice slice) {
        Map<String, Long> told = state == null ? Map.of() : state.lastMs();
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : slice.activities()) {
            String why = activity.established() == 0 ? null : why(activity);
            String edge = activity.destination().key() + "|" + activity.port();
            if (why != null && slice.startMs() - told.getOrDefault(edge, Long.MIN_VALUE / 2) >= AGAIN.toMillis()) {
                told = new HashMap<>(told);
                Eviction.makeRoom(told, edge, MAX_EDGES, at -> at);
                told.put(edge, slice.startMs());
                findings.add(finding(activity, edge, why));
            }
        }
        return new Step<>(new Tried.Members(told), findings);
    }

    private @Nullable String why(Activity activity) {
        String protocol = activity.port() == null || !activity.protocol().equals("TCP")
                ? null
                : config.ports().get(activity.port());
        if (protocol != null) {
            return protocol + " sends passwords as they are";
        }
        boolean demanded = demands(activity.source()) || demands(activity.destination());
        return demanded && activity.cleartext() > 0
                ? "its namespace demands encryption, and it is not encrypted"
                : null;
    }

    private boolean demands(Entity end) {
        return config.encryptedNamespaces().contains("*")
                || (end.namespace() != null && config.encryptedNamespaces().contains(end.namespace()));
    }

    private Finding finding(Activity activity, String edge, String why) {
        String who = activity.source().display();
        String whom = activity.destination().display();
        return Findings.of(this, activity)
                .subject(edge)
                .category("posture")
                .impact(Severity.MEDIUM)
                .confidence(0.9)
                .title(who + " speaks to " + whom + " in the clear")
                .summary(who + " has a connection to " + whom + " port " + activity.port() + " that anybody on the way"
                        + " can read: " + why + ".")
                .techniques("T1040")
                .observed("connections_cleartext", Math.max(1, activity.cleartext()))
                .expected("connections_cleartext", 0)
                .build();
    }
}
