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
    /** An edge that carries less is not worth remembering. */
    private static final int WORTH = 20;

    private final FloodConfig config;

    public Flood(FloodConfig config) {
        super(ID, Scope.SOURCE, Rates.class, MEMORY);
        this.config = config;
    }

    @Override
    public Step<Rates> step(@Nullable Rates state, Slice slice) {
        Rates rates = (state == null ? Rates.nothing() : state).at(slice.endMs(), Activity.SLICE_MS);
        Map<String, List<Activity>> byService = new TreeMap<>();
        for (Activity activity : slice.activities()) {
            byService
                    .computeIfAbsent(activity.destination().key() + "|" + activity.port(), key -> new ArrayList<>())
                    .add(activity);
        }
        List<Finding> findings = new ArrayList<>();
        byService.forEach((service, activities) -> {
            long connections = activities.stream()
                    .mapToLong(each -> each.connections() * each.sampling())
                    .sum();
            if (connections < WORTH) {
                return;
            }
            Rates.Edge now = rates.add(service, slice.startMs(), connections);
            if (connections >= now.threshold(config.connections(), config.timesUsual())) {
                rates.report(service);
                findings.add(finding(activities, service, connections, now));
            }
        });
        return new Step<>(rates, findings);
    }

    private Finding finding(List<Activity> activities, String service, long connections, Rates.Edge now) {
        Activity one = activities.get(0);
        String who = one.source().display();
        String whom = one.destination().display();
        double over = Math.min(1, (connections - config.connections()) / (4.0 * config.connections()));
        return Findings.of(this, activities)
                .subject(service)
                .category("impact")
                .severity(Severity.HIGH)
                .confidence(0.75 + 0.2 * over)
                .title(who + " floods " + whom)
                .summary(who + " opened " + connections + " connections to " + whom + " within ten seconds; "
                        + config.connections() + " make a flood, and usual for the two are " + Math.round(now.usual())
                        + ".")
                .techniques("T1498", "T1499")
                .observed("connections_in_10s", connections)
                .expected("connections_in_10s_below", now.threshold(config.connections(), config.timesUsual()))
                .expected("connections_in_10s_usual", now.usual())
                .build();
    }
}
