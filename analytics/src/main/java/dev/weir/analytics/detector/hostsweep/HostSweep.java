package dev.weir.analytics.detector.hostsweep;

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
import dev.weir.model.ProtocolPort;
import dev.weir.model.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reports a source that tries one port on many destinations and fails on them (ATT&amp;CK T1046 and T1018). A source
 * that connects to many with success, such as a scraper, is not reported; see {@link
 * dev.weir.analytics.detector.portscan}.
 */
public final class HostSweep extends AbstractDetector<AttemptState> {
    public static final DetectorType<HostSweepConfig> TYPE = DetectorType.of(
            new DetectorInfo(
                    "host-sweep", "discovery", Severity.HIGH, List.of("T1046", "T1018"), Set.of(LateralRole.MOVING)),
            HostSweepConfig.class,
            HostSweep::new);

    private static final long serialVersionUID = 1L;

    private final HostSweepConfig config;

    public HostSweep(HostSweepConfig config) {
        super(TYPE, DetectorScope.SOURCE, AttemptState.class, config.window());
        this.config = config;
    }

    @Override
    public boolean concerns(Activity activity) {
        return activity.failed() > 0 && activity.established() == 0;
    }

    @Override
    public DetectorResult<AttemptState> step(@Nullable AttemptState state, Slice slice) {
        AttemptState tried = (state == null ? AttemptState.nothing() : state)
                .since(slice.endMs() - config.window().toMillis());
        Map<String, List<Activity>> failedByService = new TreeMap<>();
        for (Activity activity : slice.activities()) {
            if (!concerns(activity)) {
                continue;
            }
            String service = ProtocolPort.text(activity.protocol(), activity.port());
            tried.update(service, activity.destination().key(), activity.lastSeenMs());
            failedByService.computeIfAbsent(service, key -> new ArrayList<>()).add(activity);
        }
        List<Finding> findings = new ArrayList<>();
        failedByService.forEach((service, activities) -> {
            int hosts = tried.members(service).size();
            if (hosts >= config.hosts()) {
                findings.add(finding(activities, service, hosts, tried.firstMs(service)));
            }
        });
        return new DetectorResult<>(tried, findings);
    }

    private Finding finding(List<Activity> activities, String service, int hosts, long since) {
        String sourceName = activities.get(0).source().display();
        return Findings.of(this, activities)
                .subject(service)
                .confidence(Math.min(0.99, 0.7 + 0.3 * (hosts - config.hosts()) / (2.0 * config.hosts())))
                .title(sourceName + " sweeps hosts for " + service)
                .summary(sourceName + " tried " + service + " on " + hosts + " destinations in vain within "
                        + config.window().toMinutes() + " minutes; " + config.hosts() + " make a sweep.")
                .since(since)
                .observed("hosts_failed", hosts)
                .expected("hosts_failed_below", config.hosts())
                .build();
    }
}
