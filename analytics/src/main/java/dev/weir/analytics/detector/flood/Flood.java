package dev.weir.analytics.detector.flood;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Rates;
import dev.weir.analytics.detector.Scope;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Step;
import dev.weir.model.Activity;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A source that floods a service with connections or datagrams (ATT&amp;CK T1498, T1499): so many in ten seconds as no
 * service is meant to take from one client, and many times what is usual between the two. The threshold is of the size of
 * NeuVector's for SYN floods, 800 in 5 s at a destination, though of one source. Sampled flows stand for as many as
 * the rate says.
 */
public final class Flood extends AbstractDetector<Rates> {
    public static final String ID = "flood";

    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofHours(24);
    /** An edge that carries less than this share of a flood is not worth remembering. */
    static final double WORTH = 0.02;

    /** So far back a flow that lasted is counted in the slices that it lasted through, beside the flows that ended there. */
    static final long KEPT_MS = Duration.ofMinutes(5).toMillis();

    private final FloodConfig config;

    public Flood(FloodConfig config) {
        super(ID, Scope.SOURCE, Rates.class, MEMORY);
        this.config = config;
    }

    @Override
    public Step<Rates> step(@Nullable Rates state, Slice slice) {
        Rates rates = (state == null ? Rates.nothing() : state).bySlice(slice.endMs(), KEPT_MS);
        Map<String, List<Activity>> byService = new TreeMap<>();
        for (Activity activity : slice.activities()) {
            byService
                    .computeIfAbsent(activity.destination().key() + "|" + activity.port(), key -> new ArrayList<>())
                    .add(activity);
        }
        List<Finding> findings = new ArrayList<>();
        byService.forEach((service, activities) -> {
            Kind many = Kind.connections(activities, config.connections());
            Kind large = Kind.unansweredPackets(activities, config.packets());
            for (Kind kind : List.of(many, large)) {
                if (kind.count() < WORTH * kind.least()) {
                    continue;
                }
                String key = service + "|" + kind.what();
                Rates.Edge now = rates.add(key, slice.startMs(), kind.counts(), KEPT_MS);
                long count = now.peak(slice.startMs(), kind.counts(), WORTH * kind.least());
                if (count >= now.threshold(kind.least(), config.timesUsual())) {
                    rates.report(key, slice.endMs());
                    findings.add(finding(activities, service, kind, count, now));
                    return;
                }
            }
        });
        return new Step<>(rates, findings);
    }

    private Finding finding(List<Activity> activities, String service, Kind kind, long count, Rates.Edge now) {
        Activity one = activities.get(0);
        String who = one.source().display();
        String whom = one.destination().display();
        double threshold = now.threshold(kind.least(), config.timesUsual());
        double over = Math.min(1, (count - threshold) / (4 * threshold));
        return Findings.of(this, activities)
                .subject(service)
                .category("impact")
                .impact(Severity.HIGH)
                .confidence(0.75 + 0.2 * over)
                .title(who + " floods " + whom)
                .summary(who + " sent " + whom + " " + count + " " + kind.what() + " within ten seconds; "
                        + Math.round(threshold) + " make a flood, and usual for the two are " + Math.round(now.usual())
                        + ".")
                .techniques("T1498", "T1499")
                .observed(kind.figure(), count)
                .expected(kind.figure() + "_below", threshold)
                .expected(kind.figure() + "_usual", now.usual())
                .build();
    }
}
