package dev.weir.alerting;

import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.Expected;
import dev.weir.model.PolicyEvidence;
import dev.weir.model.PolicyRef;
import dev.weir.model.Severity;
import dev.weir.model.Verdict;
import java.util.List;
import java.util.Map;

/** Alerts to test with. */
public final class Alerts {
    private Alerts() {}

    public static Alert alert(String id, long revision, Severity severity, long lastSeenMs) {
        return alert(id, revision, severity, 1, lastSeenMs);
    }

    public static Alert alert(String id, long revision, Severity severity, long firstSeenMs, long lastSeenMs) {
        Entity web = new Entity("shop", "web", "Deployment", "web-1", "10.0.0.1", null, null, null);
        return alert(id, revision, severity, firstSeenMs, lastSeenMs, web);
    }

    /** An alert whose ends are the same. */
    public static Alert alert(String id, Severity severity, String title, Entity ends) {
        return new Alert(
                id,
                "new-edge",
                1,
                "baseline",
                severity,
                1,
                title,
                "A summary.",
                1,
                20,
                1,
                ends,
                ends,
                List.of(),
                null,
                null,
                List.of(),
                new Evidence(Map.of(), Map.of(), List.of(), List.of()),
                null,
                null,
                null,
                null);
    }

    public static Alert alert(
            String id, long revision, Severity severity, long firstSeenMs, long lastSeenMs, Entity source) {
        return new Alert(
                id,
                "policy-bypass",
                revision,
                "policy",
                severity,
                0.95,
                "shop/web <to> shop/db & more",
                "A summary.",
                firstSeenMs,
                lastSeenMs,
                revision,
                source,
                Entity.workload("shop", "db", "StatefulSet"),
                List.of(5432),
                "TCP",
                null,
                List.of(),
                new Evidence(Map.of("x", 1.5), Map.of("x", 100.0), List.of(), List.of("sampled 1:50")),
                new PolicyEvidence(
                        Expected.DENY,
                        Verdict.FORWARDED,
                        List.of(new PolicyRef("NetworkPolicy", "shop", "db", "ingress")),
                        "Because.",
                        null),
                null,
                null,
                null);
    }
}
