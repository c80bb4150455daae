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
 * A flood whose sources are many or forged (ATT&amp;CK T1498, T1499): connections that stay open at one service, whoever they are
 * from, as NeuVector counts them; and, at a destination that has been known for an hour, datagrams without an answer and
 * connections of any kind, far more than it usually has. One that comes from a single source is told by {@link Flood}.
 */
public final class Flooded extends AbstractDetector<Served> {
    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofHours(24);
    /** Until then nobody knows how busy a service is that answers. */
    private static final long KNOWN_MS = Duration.ofHours(1).toMillis();

    private final FloodConfig config;

    public Flooded(FloodConfig config) {
        super(Flood.ID, Scope.DESTINATION, Served.class, MEMORY);
        this.config = config;
    }

    @Override
    public boolean concerns(Activity activity) {
        return activity.connections() > 0;
    }

    @Override
    public Step<Served> step(@Nullable Served state, Slice slice) {
        Served before = state == null ? new Served(slice.startMs(), Rates.nothing()) : state;
        Map<String, List<Activity>> byPort = new TreeMap<>();
        for (Activity activity : slice.activities()) {
            byPort.computeIfAbsent(String.valueOf(activity.port()), port -> new ArrayList<>())
                    .add(activity);
        }
        byPort.values().removeIf(activities -> !isWorthALook(activities));
        if (byPort.isEmpty()) {
            return new Step<>(before, List.of());
        }
        boolean isKnown = slice.startMs() - before.sinceMs() >= KNOWN_MS;
        Rates rates = before.rates().bySlice(slice.endMs(), Flood.KEPT_MS);
        List<Finding> findings = new ArrayList<>();
        byPort.forEach((port, activities) -> {
            boolean isTold = false;
            for (Kind kind : kinds(activities)) {
                if (kind.count() < Flood.WORTH * kind.least()) {
                    continue;
                }
                String key = port + "|" + kind.what();
                Rates.Edge edge = rates.add(key, slice.startMs(), kind.counts(), Flood.KEPT_MS);
                long count = edge.peak(slice.startMs(), kind.counts(), Flood.WORTH * kind.least());
                double threshold = edge.threshold(kind.least(), config.timesUsual());
                if (count >= threshold && (isKnown || kind.isUnanswered())) {
                    rates.report(key, slice.endMs());
                    if (!isTold && isOfMany(activities, kind)) {
                        isTold = true;
                        findings.add(finding(activities, port, kind, count, threshold, edge.usual()));
                    }
                }
            }
        });
        return new Step<>(new Served(before.sinceMs(), rates), findings);
    }

    private boolean isWorthALook(List<Activity> activities) {
        return kinds(activities).stream().anyMatch(kind -> kind.count() >= Flood.WORTH * kind.least());
    }

    private List<Kind> kinds(List<Activity> activities) {
        return List.of(
                Kind.unanswered(activities, config.unanswered()),
                Kind.unansweredPackets(activities, config.packets()),
                Kind.connections(activities, config.connectionsOfAll()));
    }

    /** A block of addresses is many by itself. */
    private static boolean isOfMany(List<Activity> activities, Kind kind) {
        return activities.stream()
                .allMatch(
                        each -> each.source().blockBits() < Integer.MAX_VALUE || kind.count(each) * 2 <= kind.count());
    }

    private Finding finding(
            List<Activity> activities, String port, Kind kind, long count, double threshold, double usual) {
        String whom = activities.get(0).destination().display();
        double over = Math.min(1, (count - threshold) / (4 * threshold));
        return Findings.of(this, activities)
                .source(Entity.unnamed())
                .subject(activities.get(0).destination().key() + "|" + port)
                .category("impact")
                .impact(Severity.HIGH)
                .confidence(0.75 + 0.2 * over)
                .title(whom + " is flooded")
                .summary(activities.size() + " sources sent " + whom + " port " + port + " " + count + " "
                        + kind.what() + " within ten seconds; " + Math.round(threshold)
                        + " make a flood, and usual are " + Math.round(usual) + ".")
                .techniques("T1499.001", "T1498")
                .observed(kind.figure(), count)
                .observed("sources", activities.size())
                .expected(kind.figure() + "_below", threshold)
                .expected(kind.figure() + "_usual", usual)
                .build();
    }
}
