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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reports a source that tries many ports of one destination and mostly fails (ATT&amp;CK T1046). Only connections that
 * were refused, dropped or not answered count, as in Jung et al., "Fast Portscan Detection Using Sequential Hypothesis
 * Testing" (2004): a client that uses many ports with success is no scanner.
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
        List<Finding> findings = new ArrayList<>();
        failedByDestination.forEach((destination, activities) -> {
            Map<String, Long> ports = tried.members(destination);
            if (ports.size() >= config.ports()) {
                findings.add(finding(activities, destination, ports, tried.firstMs(destination)));
            }
        });
        return new DetectorResult<>(tried, findings);
    }

    private Finding finding(List<Activity> activities, String destination, Map<String, Long> ports, long since) {
        Activity one = activities.get(0);
        String sourceName = one.source().display();
        String destinationName = one.destination().display();
        return Findings.of(this, activities)
                .subject(destination)
                .confidence(Math.min(0.99, 0.7 + 0.3 * (ports.size() - config.ports()) / (2.0 * config.ports())))
                .title(sourceName + " scans the ports of " + destinationName)
                .summary(sourceName + " tried " + ports.size() + " ports of " + destinationName + " in vain within "
                        + config.window().toMinutes() + " minutes; " + config.ports() + " make a scan.")
                .since(since)
                .ports(ports.keySet().stream().map(Integer::valueOf).toList())
                .observed("ports_failed", ports.size())
                .expected("ports_failed_below", config.ports())
                .build();
    }
}
