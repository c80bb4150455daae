package dev.weir.analytics.detector.portscan;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Scope;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Step;
import dev.weir.analytics.detector.Tried;
import dev.weir.model.Activity;
import dev.weir.model.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A source that tries many ports of one destination and mostly fails (ATT&amp;CK T1046). Only connections that were
 * refused, dropped or not answered count, as in Jung et al., "Fast Portscan Detection Using Sequential Hypothesis
 * Testing" (2004): a client that uses many ports with success is no scanner.
 */
public final class PortScan extends AbstractDetector<Tried> {
    public static final String ID = "port-scan";

    private static final long serialVersionUID = 1L;

    private final PortScanConfig config;

    public PortScan(PortScanConfig config) {
        super(ID, Scope.SOURCE, Tried.class, config.window());
        this.config = config;
    }

    @Override
    public boolean concerns(Activity activity) {
        return activity.port() != null && activity.failed() > 0 && activity.established() == 0;
    }

    @Override
    public Step<Tried> step(@Nullable Tried state, Slice slice) {
        Tried tried = (state == null ? Tried.nothing() : state)
                .since(slice.endMs() - config.window().toMillis());
        Map<String, List<Activity>> failedByDestination = new TreeMap<>();
        for (Activity activity : slice.activities()) {
            Integer port = activity.port();
            if (port == null || !concerns(activity)) {
                continue;
            }
            String destination = activity.destination().key();
            tried.update(destination, port.toString(), activity.lastSeenMs());
            failedByDestination
                    .computeIfAbsent(destination, key -> new ArrayList<>())
                    .add(activity);
        }
        List<Finding> findings = new ArrayList<>();
        failedByDestination.forEach((destination, activities) -> {
            Map<String, Long> ports = tried.members(destination);
            if (ports.size() >= config.ports()) {
                findings.add(finding(activities, destination, ports, tried.firstMs(destination)));
            }
        });
        return new Step<>(tried, findings);
    }

    private Finding finding(List<Activity> activities, String destination, Map<String, Long> ports, long since) {
        Activity one = activities.get(0);
        String who = one.source().display();
        String whom = one.destination().display();
        return Findings.of(this, activities)
                .subject(destination)
                .category("discovery")
                .impact(Severity.HIGH)
                .confidence(Math.min(0.99, 0.7 + 0.3 * (ports.size() - config.ports()) / (2.0 * config.ports())))
                .title(who + " scans the ports of " + whom)
                .summary(who + " tried " + ports.size() + " ports of " + whom + " in vain within "
                        + config.window().toMinutes() + " minutes; " + config.ports() + " make a scan.")
                .techniques("T1046")
                .since(since)
                .ports(ports.keySet().stream().map(Integer::valueOf).toList())
                .observed("ports_failed", ports.size())
                .expected("ports_failed_below", config.ports())
                .build();
    }
}
