package dev.weir.analytics.detector.flood;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reports a source that floods a service with connections, requests or datagrams (ATT&amp;CK T1498, T1499): more in ten
 * seconds than a service is meant to take from one client, and many times the usual between the two. The threshold is
 * of the size of NeuVector's for SYN floods, 800 in 5 s at a destination, though here for one source. A sampled flow
 * counts as many times as the sampling factor says.
 */
public final class Flood extends AbstractDetector<Rates> {
    public static final DetectorType<FloodConfig> TYPE = DetectorType.ofSeveral(
            new DetectorInfo("flood", "impact", Severity.HIGH, List.of("T1498", "T1499"), Set.of()),
            FloodConfig.class,
            (config, threats) -> List.of(new Flood(config), new Flooded(config)));

    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofHours(24);
    /** The share of a flood below which an edge is not remembered. */
    static final double WORTH = 0.02;

    /**
     * The age up to which a long flow is counted in the slices that it lasted through, beside the flows that ended
     * there.
     */
    static final long KEPT_MS = Duration.ofMinutes(5).toMillis();

    private final FloodConfig config;

    public Flood(FloodConfig config) {
        super(TYPE, DetectorScope.SOURCE, Rates.class, MEMORY);
        this.config = config;
    }

    @Override
    public DetectorResult<Rates> step(@Nullable Rates state, Slice slice) {
        Rates rates = (state == null ? Rates.nothing() : state).bySlice(slice.endMs(), KEPT_MS);
        Map<String, List<Activity>> byService = new TreeMap<>();
        for (Activity activity : slice.activities()) {
            byService
                    .computeIfAbsent(activity.destination().key() + "|" + activity.port(), key -> new ArrayList<>())
                    .add(activity);
        }
        List<Finding> findings = new ArrayList<>();
        byService.forEach((service, activities) -> {
            FloodMeasure many = FloodMeasure.connections(activities, config.connections());
            FloodMeasure large = FloodMeasure.unansweredPackets(activities, config.packets());
            FloodMeasure bare = FloodMeasure.onlyOpened(activities, config.connections());
            FloodMeasure held = FloodMeasure.held(activities, config.held());
            FloodMeasure requests = FloodMeasure.requests(activities, config.requests());
            FloodMeasure pings = FloodMeasure.pings(activities, config.pings());
            for (FloodMeasure measure : List.of(many, large, bare, held, requests, pings)) {
                if (measure.count() < WORTH * measure.least()) {
                    continue;
                }
                String key = service + "|" + measure.what();
                Rates.Edge now = rates.add(key, slice.startMs(), measure.counts(), KEPT_MS);
                long count = now.peak(slice.startMs(), measure.counts(), WORTH * measure.least());
                if (count >= now.threshold(measure.least(), config.timesUsual())) {
                    rates.report(key, slice.endMs());
                    findings.add(finding(activities, service, measure, count, now));
                    return;
                }
            }
        });
        return new DetectorResult<>(rates, findings);
    }

    private Finding finding(
            List<Activity> activities, String service, FloodMeasure measure, long count, Rates.Edge now) {
        Activity one = activities.get(0);
        String sourceName = one.source().display();
        String destinationName = one.destination().display();
        double threshold = now.threshold(measure.least(), config.timesUsual());
        double over = Math.min(1, (count - threshold) / (4 * threshold));
        return Findings.of(this, activities)
                .subject(service)
                .confidence(0.75 + 0.2 * over)
                .title(sourceName + " floods " + destinationName)
                .summary(sourceName + " sent " + destinationName + " " + count + " " + measure.what()
                        + " within ten seconds; "
                        + Math.round(threshold) + " make a flood, and usual for the two are " + Math.round(now.usual())
                        + ".")
                .observed(measure.figure(), count)
                .expected(measure.figure() + "_below", threshold)
                .expected(measure.figure() + "_usual", now.usual())
                .build();
    }
}
