package dev.weir.analytics.detector.flood;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Rates;
import dev.weir.analytics.detector.Scope;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Step;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A flood whose sources are many or forged: connections that stay open at one service, whoever they are from (ATT&amp;CK
 * T1499.001), as NeuVector counts them. One that comes from a single source is told by {@link Flood}.
 */
public final class Flooded extends AbstractDetector<Rates> {
    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofHours(24);
    private static final double WORTH = 0.02;

    private final FloodConfig config;

    public Flooded(FloodConfig config) {
        super(Flood.ID, Scope.DESTINATION, Rates.class, MEMORY);
        this.config = config;
    }

    @Override
    public boolean concerns(Activity activity) {
        return activity.unanswered() > 0 && activity.protocol().equals("TCP");
    }

    @Override
    public Step<Rates> step(@Nullable Rates state, Slice slice) {
        Map<String, List<Activity>> byPort = new TreeMap<>();
        for (Activity activity : slice.activities()) {
            if (concerns(activity)) {
                byPort.computeIfAbsent(String.valueOf(activity.port()), port -> new ArrayList<>())
                        .add(activity);
            }
        }
        byPort.values().removeIf(each -> unanswered(each) < WORTH * config.unanswered());
        Rates before = state == null ? Rates.nothing() : state;
        if (byPort.isEmpty()) {
            return new Step<>(before, List.of());
        }
        Rates rates = before.at(slice.endMs(), Activity.SLICE_MS);
        List<Finding> findings = new ArrayList<>();
        byPort.forEach((port, activities) -> {
            long unanswered = unanswered(activities);
            Rates.Edge edge = rates.add(port, slice.startMs(), unanswered);
            double threshold = edge.threshold(config.unanswered(), config.timesUsual());
            if (unanswered >= threshold) {
                rates.report(port, slice.endMs());
                if (isOfMany(activities, unanswered)) {
                    findings.add(finding(activities, port, unanswered, threshold));
                }
            }
        });
        return new Step<>(rates, findings);
    }

    private static long unanswered(List<Activity> activities) {
        return activities.stream()
                .mapToLong(each -> each.unanswered() * each.sampling())
                .sum();
    }

    private static boolean isOfMany(List<Activity> activities, long all) {
        return activities.stream().allMatch(each -> each.unanswered() * each.sampling() * 2 <= all);
    }

    private Finding finding(List<Activity> activities, String port, long unanswered, double threshold) {
        String whom = activities.get(0).destination().display();
        double over = Math.min(1, (unanswered - threshold) / (4 * threshold));
        return Findings.of(this, activities)
                .source(Entity.unnamed())
                .subject(activities.get(0).destination().key() + "|" + port)
                .category("impact")
                .impact(Severity.HIGH)
                .confidence(0.75 + 0.2 * over)
                .title(whom + " is flooded")
                .summary(activities.size() + " sources left " + unanswered + " connections to " + whom + " port " + port
                        + " open within ten seconds; " + Math.round(threshold) + " make a flood.")
                .techniques("T1499.001", "T1498")
                .observed("unanswered_in_10s", unanswered)
                .observed("sources", activities.size())
                .expected("unanswered_in_10s_below", threshold)
                .build();
    }
}
