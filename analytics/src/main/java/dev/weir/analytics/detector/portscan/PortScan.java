package dev.weir.analytics.detector.portscan;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.AttemptState;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.LateralRole;
import dev.weir.analytics.detector.Slice;
import dev.weir.model.Activity;
import dev.weir.model.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reports a source that tries many ports of one destination and mostly fails (ATT&amp;CK T1046). Only connections that
 * were refused, dropped or not answered count, as in Jung et al., "Fast Portscan Detection Using Sequential Hypothesis
 * Testing" (2004): a client that uses many ports with success is no scanner. A source has one alert, however many
 * destinations it scans.
 */
public final class PortScan extends AbstractDetector<AttemptState> {
    public static final DetectorType<PortScanConfig> TYPE = DetectorType.of(
            new DetectorInfo("port-scan", "discovery", Severity.HIGH, List.of("T1046"), Set.of(LateralRole.MOVING)),
            PortScanConfig.class,
            PortScan::new);

    private static final long serialVersionUID = 1L;

    private final PortScanConfig config;

    public PortScan(PortScanConfig config) {
        super(TYPE, DetectorScope.SOURCE, AttemptState.class, config.window());
        this.config = config;
    }

    @Override
    public boolean concerns(Activity activity) {
        return activity.port() != null && activity.failed() > 0 && activity.established() == 0;
    }

    @Override
    public DetectorResult<AttemptState> step(@Nullable AttemptState state, Slice slice) {
        AttemptState tried = (state == null ? AttemptState.nothing() : state)
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
        TreeMap<String, Map<String, Long>> scanned = new TreeMap<>();
        for (String destination : failedByDestination.keySet()) {
            Map<String, Long> ports = tried.members(destination);
            if (ports.size() >= config.ports()) {
                scanned.put(destination, ports);
            }
        }
        return new DetectorResult<>(
                tried, scanned.isEmpty() ? List.of() : List.of(finding(tried, failedByDestination, scanned)));
    }

    /** The finding about all destinations that were scanned in the slice. */
    private Finding finding(
            AttemptState tried,
            Map<String, List<Activity>> failedByDestination,
            Map<String, Map<String, Long>> scanned) {
        List<Activity> activities = new ArrayList<>();
        scanned.keySet()
                .forEach(destination -> activities.addAll(failedByDestination.getOrDefault(destination, List.of())));
        Map<String, Long> most = Collections.max(scanned.values(), Comparator.comparingInt(Map::size));
        long destinations = tried.groups().values().stream()
                .filter(members -> members.lastMs().size() >= config.ports())
                .count();
        Activity one = activities.get(0);
        String sourceName = one.source().display();
        String latest = one.destination().display();
        String whose = destinations == 1 ? latest : destinations + " destinations";
        Findings finding = Findings.of(this, activities)
                .confidence(Math.min(0.99, 0.7 + 0.3 * (most.size() - config.ports()) / (2.0 * config.ports())))
                .title(sourceName + " scans the ports of " + whose)
                .summary(sourceName + " tried " + most.size() + " ports of "
                        + (destinations == 1 ? latest : "one of " + whose + ", such as " + latest + ",")
                        + " in vain within " + config.window().toMinutes() + " minutes; " + config.ports()
                        + " make a scan.")
                .observed("destinations", destinations)
                .observed("ports_failed", most.size())
                .expected("ports_failed_below", config.ports());
        scanned.forEach((destination, ports) -> finding.since(tried.firstMs(destination))
                .ports(ports.keySet().stream().map(Integer::valueOf).toList()));
        return finding.build();
    }
}
