package dev.weir.analytics.detector.deniedburst;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Rates;
import dev.weir.analytics.detector.Slice;
import dev.weir.model.Activity;
import dev.weir.model.Severity;
import dev.weir.model.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports a source of which the network drops far more connections than usual: an intruder looks for a way out
 * (ATT&amp;CK T1046), or a release needs traffic that its policy forbids. The policy alerts of the single edges name
 * the policy.
 */
public final class DeniedBurst extends AbstractDetector<Rates> {
    public static final DetectorType<DeniedBurstConfig> TYPE = DetectorType.of(
            new DetectorInfo("denied-burst", "discovery", Severity.MEDIUM, List.of("T1046"), Set.of()),
            DeniedBurstConfig.class,
            DeniedBurst::new);

    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofHours(24);
    private static final String ALL = "dropped";

    private final DeniedBurstConfig config;

    public DeniedBurst(DeniedBurstConfig config) {
        super(TYPE, DetectorScope.SOURCE, Rates.class, MEMORY);
        this.config = config;
    }

    @Override
    public boolean concerns(Activity activity) {
        return activity.verdict() == Verdict.DROPPED;
    }

    @Override
    public DetectorResult<Rates> step(@Nullable Rates state, Slice slice) {
        Rates before = state == null ? Rates.nothing() : state;
        List<Activity> dropped =
                slice.activities().stream().filter(this::concerns).toList();
        if (dropped.isEmpty()) {
            return new DetectorResult<>(before, List.of());
        }
        Rates rates = before.at(slice.endMs(), config.window().toMillis());
        long connections = dropped.stream().mapToLong(Activity::connections).sum();
        Rates.Edge edge = rates.add(ALL, slice.startMs(), connections);
        double threshold = edge.threshold(config.connections(), config.timesUsual());
        if (edge.count() < threshold) {
            return new DetectorResult<>(rates, List.of());
        }
        rates.report(ALL, slice.endMs());
        return new DetectorResult<>(rates, List.of(finding(dropped, edge, threshold)));
    }

    private Finding finding(List<Activity> dropped, Rates.Edge edge, double threshold) {
        String sourceName = dropped.get(0).source().display();
        long destinations = dropped.stream()
                .map(each -> each.destination().key())
                .distinct()
                .count();
        return Findings.of(this, dropped)
                .subject("")
                .confidence(Math.min(0.9, 0.6 + 0.3 * (edge.count() - threshold) / (3 * threshold)))
                .title(sourceName + " has many dropped connections")
                .summary("The network dropped " + edge.count() + " connections of " + sourceName + " within "
                        + config.window().toSeconds() + " s, in the latest ten seconds to " + destinations
                        + " destinations; usual are " + Math.round(edge.usual()) + ", and "
                        + Math.round(threshold) + " make a finding.")
                .since(edge.sinceMs())
                .observed("connections_dropped", edge.count())
                .expected("connections_dropped_below", threshold)
                .expected("connections_dropped_usual", edge.usual())
                .build();
    }
}
