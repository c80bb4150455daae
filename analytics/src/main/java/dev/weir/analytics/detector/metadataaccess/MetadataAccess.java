package dev.weir.analytics.detector.metadataaccess;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.LateralRole;
import dev.weir.analytics.detector.Slice;
import dev.weir.common.Millis;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports the first step from a container to the machine and the cloud account (ATT&amp;CK T1552.005, T1552.007): the
 * cloud's metadata address, the kubelet, etcd, Docker's socket or the API server, accessed by a workload that never did
 * while it was watched. A workload that does so from its first day on is a part of the cluster.
 */
public final class MetadataAccess extends AbstractDetector<Accesses> {
    public static final DetectorType<MetadataAccessConfig> TYPE = DetectorType.of(
            new DetectorInfo(
                    "metadata-access",
                    "credential-access",
                    Severity.CRITICAL,
                    List.of("T1552.005", "T1552.007"),
                    Set.of(LateralRole.ENTERING, LateralRole.MOVING)),
            MetadataAccessConfig.class,
            MetadataAccess::new);

    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofDays(30);
    /** The time for which each access of a place makes a finding; afterwards the access is known. */
    private static final long GROWS_MS = Millis.DAY;

    private final MetadataAccessConfig config;

    public MetadataAccess(MetadataAccessConfig config) {
        super(TYPE, DetectorScope.SOURCE, Accesses.class, MEMORY);
        this.config = config;
    }

    @Override
    public DetectorResult<Accesses> step(@Nullable Accesses state, Slice slice) {
        Accesses before = state == null ? new Accesses(slice.startMs(), Map.of(), Map.of()) : state;
        List<Finding> findings = new ArrayList<>();
        Map<String, Long> first = before.firstMs();
        Map<String, Long> reported = before.reported();
        for (Activity activity : slice.activities()) {
            String place = activity.outside().isSource() ? null : place(activity);
            if (place == null) {
                continue;
            }
            if (!first.containsKey(place)) {
                first = with(first, place, slice.startMs());
                if (slice.startMs() - before.sinceMs() >= config.learn().toMillis()) {
                    reported = with(reported, place, slice.startMs());
                }
            }
            Long since = reported.get(place);
            if (since != null && slice.startMs() - since < GROWS_MS) {
                findings.add(finding(activity, place, since, slice.startMs() - before.sinceMs()));
            }
        }
        return new DetectorResult<>(new Accesses(before.sinceMs(), first, reported), findings);
    }

    private static Map<String, Long> with(Map<String, Long> map, String key, long value) {
        Map<String, Long> copy = new HashMap<>(map);
        copy.put(key, value);
        return copy;
    }

    private @Nullable String place(Activity activity) {
        Entity end = activity.destination();
        if (end.ip() != null && config.addresses().contains(end.ip())) {
            return "the cloud's metadata";
        }
        if (end.service() != null && config.apiServers().contains(end.namespace() + "/" + end.service())) {
            return "the API server";
        }
        // A workload's own service may listen on one of these ports as well.
        return activity.port() == null || end.workload() != null
                ? null
                : config.ports().get(activity.port());
    }

    private Finding finding(Activity activity, String place, long since, long watchedMs) {
        String sourceName = activity.source().display();
        boolean answered = activity.established() > 0;
        return Findings.of(this, activity)
                .subject(place)
                .confidence(answered ? 0.8 : 0.6)
                .title(sourceName + " accesses " + place)
                .summary(sourceName + " " + (answered ? "reached " : "tried to reach ") + place + " at "
                        + activity.destination().display() + ". In the " + watchedMs / Millis.HOUR
                        + " hours that it has been watched it never did.")
                .since(since)
                .observed("connections", activity.connections())
                .expected("connections", 0)
                .build();
    }
}
