package dev.weir.analytics.detector.cleartext;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.AttemptState;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Eviction;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Slice;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports connections that are readable on the way (ATT&amp;CK T1040): protocols that send passwords unencrypted,
 * plaintext to pods whose mesh accepts mTLS only, and, in namespaces that demand encryption, all that the exporter marks
 * as not encrypted. It is posture, so an edge is reported once a day and not for each connection.
 */
public final class Cleartext extends AbstractDetector<AttemptState.Members> {
    public static final DetectorType<CleartextConfig> TYPE = DetectorType.of(
            new DetectorInfo("cleartext", "posture", Severity.MEDIUM, List.of("T1040"), Set.of()),
            CleartextConfig.class,
            Cleartext::new);

    private static final long serialVersionUID = 1L;
    private static final Duration AGAIN = Duration.ofDays(1);
    private static final int MAX_EDGES = 256;
    private static final String PEER_AUTHENTICATION = "PeerAuthentication";

    private final CleartextConfig config;

    public Cleartext(CleartextConfig config) {
        super(TYPE, DetectorScope.SOURCE, AttemptState.Members.class, AGAIN);
        this.config = config;
    }

    @Override
    public boolean concerns(Activity activity) {
        return activity.established() > 0 && why(activity) != null;
    }

    @Override
    public DetectorResult<AttemptState.Members> step(AttemptState.@Nullable Members state, Slice slice) {
        Map<String, Long> reported = state == null ? Map.of() : state.lastMs();
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : slice.activities()) {
            String why = activity.established() == 0 ? null : why(activity);
            String edge = activity.destination().key() + "|" + activity.port();
            if (why != null && slice.startMs() - reported.getOrDefault(edge, Long.MIN_VALUE / 2) >= AGAIN.toMillis()) {
                reported = new HashMap<>(reported);
                Eviction.makeRoom(reported, edge, MAX_EDGES, at -> at);
                reported.put(edge, slice.startMs());
                findings.add(finding(activity, edge, why));
            }
        }
        return new DetectorResult<>(new AttemptState.Members(reported), findings);
    }

    private @Nullable String why(Activity activity) {
        String protocol = activity.port() == null || !activity.protocol().equals("TCP")
                ? null
                : config.ports().get(activity.port());
        if (protocol != null) {
            return protocol + " sends passwords as they are";
        }
        PolicyRef refusing = refusesPlaintext(activity);
        if (refusing != null) {
            return refusing.withoutRule().display() + " accepts mTLS only";
        }
        boolean demanded = demands(activity.source()) || demands(activity.destination());
        return demanded && activity.cleartext() > 0
                ? "its namespace demands encryption, and it is not encrypted"
                : null;
    }

    /** The policy of a mesh that denies the connections since they carry no mTLS; null if none does. */
    private static @Nullable PolicyRef refusesPlaintext(Activity activity) {
        return activity.decidedBy().stream()
                .filter(policy ->
                        activity.expected() == Expected.DENY && policy.kind().equals(PEER_AUTHENTICATION))
                .findFirst()
                .orElse(null);
    }

    private boolean demands(Entity end) {
        return config.encryptedNamespaces().contains("*")
                || (end.namespace() != null && config.encryptedNamespaces().contains(end.namespace()));
    }

    private Finding finding(Activity activity, String edge, String why) {
        String sourceName = activity.source().display();
        String destinationName = activity.destination().display();
        return Findings.of(this, activity)
                .subject(edge)
                .confidence(0.9)
                .title(sourceName + " connects to " + destinationName + " without encryption")
                .summary(sourceName + " has a connection to " + destinationName + " port " + activity.port()
                        + " that is readable on the way: " + why + ".")
                .observed("connections_cleartext", Math.max(1, activity.cleartext()))
                .expected("connections_cleartext", 0)
                .build();
    }
}
