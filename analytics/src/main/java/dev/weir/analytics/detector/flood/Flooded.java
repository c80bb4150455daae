package dev.weir.analytics.detector.flood;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Rates;
import dev.weir.analytics.detector.Slice;
import dev.weir.common.Millis;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reports a flood whose sources are many or forged (ATT&amp;CK T1498, T1499): connections to one service that stay
 * open, from any source, as NeuVector counts them; and, at a destination that has been known for an hour, unanswered
 * datagrams and connections of any kind, far more than usual. A flood from a single source is reported by {@link
 * Flood}.
 */
public final class Flooded extends AbstractDetector<LoadState> {
    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofHours(24);
    /** The time after which the usual load of a service that answers is known. */
    private static final long KNOWN_MS = Millis.HOUR;

    private final FloodConfig config;

    public Flooded(FloodConfig config) {
        super(Flood.TYPE, DetectorScope.DESTINATION, LoadState.class, MEMORY);
        this.config = config;
    }

    @Override
    public boolean concerns(Activity activity) {
        return activity.connections() > 0;
    }

    @Override
    public DetectorResult<LoadState> step(@Nullable LoadState state, Slice slice) {
        LoadState before = state == null ? new LoadState(slice.startMs(), Rates.nothing()) : state;
        Map<String, List<Activity>> byPort = new TreeMap<>();
        for (Activity activity : slice.activities()) {
            byPort.computeIfAbsent(String.valueOf(activity.port()), port -> new ArrayList<>())
                    .add(activity);
        }
        byPort.values().removeIf(activities -> !isWorthALook(activities));
        if (byPort.isEmpty()) {
            return new DetectorResult<>(before, List.of());
        }
        boolean isKnown = slice.startMs() - before.sinceMs() >= KNOWN_MS;
        Rates rates = before.rates().bySlice(slice.endMs(), Flood.KEPT_MS);
        List<Finding> findings = new ArrayList<>();
        byPort.forEach((port, activities) -> {
            boolean isReported = false;
            for (FloodMeasure measure : measures(activities)) {
                if (measure.count() < Flood.WORTH * measure.least()) {
                    continue;
                }
                String key = port + "|" + measure.what();
                Rates.Edge edge = rates.add(key, slice.startMs(), measure.counts(), Flood.KEPT_MS);
                long count = edge.peak(slice.startMs(), measure.counts(), Flood.WORTH * measure.least());
                double threshold = edge.threshold(measure.least(), config.timesUsual());
                if (count >= threshold && (isKnown || measure.isUnanswered())) {
                    rates.report(key, slice.endMs());
                    if (!isReported && isOfMany(activities, measure)) {
                        isReported = true;
                        findings.add(finding(activities, port, measure, count, threshold, edge.usual()));
                    }
                }
            }
        });
        return new DetectorResult<>(new LoadState(before.sinceMs(), rates), findings);
    }

    private boolean isWorthALook(List<Activity> activities) {
        return measures(activities).stream().anyMatch(measure -> measure.count() >= Flood.WORTH * measure.least());
    }

    private List<FloodMeasure> measures(List<Activity> activities) {
        return List.of(
                FloodMeasure.unanswered(activities, config.unanswered()),
                FloodMeasure.unansweredPackets(activities, config.packets()),
                FloodMeasure.connections(activities, config.connectionsOfAll()));
    }

    /** True if no single source has more than half. A block of addresses counts as many sources. */
    private static boolean isOfMany(List<Activity> activities, FloodMeasure measure) {
        return activities.stream()
                .allMatch(each ->
                        each.source().blockBits() < Integer.MAX_VALUE || measure.count(each) * 2 <= measure.count());
    }

    private Finding finding(
            List<Activity> activities, String port, FloodMeasure measure, long count, double threshold, double usual) {
        String destinationName = activities.get(0).destination().display();
        double over = Math.min(1, (count - threshold) / (4 * threshold));
        return Findings.of(this, activities)
                .source(Entity.unnamed())
                .subject(activities.get(0).destination().key() + "|" + port)
                .confidence(0.75 + 0.2 * over)
                .title(destinationName + " is flooded")
                .summary(activities.size() + " sources sent " + destinationName + " port " + port + " " + count + " "
                        + measure.what() + " within ten seconds; " + Math.round(threshold)
                        + " make a flood, and usual are " + Math.round(usual) + ".")
                .techniques("T1499.001", "T1498")
                .observed(measure.figure(), count)
                .observed("sources", activities.size())
                .expected(measure.figure() + "_below", threshold)
                .expected(measure.figure() + "_usual", usual)
                .build();
    }
}
