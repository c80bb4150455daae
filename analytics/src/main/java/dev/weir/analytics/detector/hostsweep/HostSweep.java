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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reports a source that tries one port on many destinations and fails on them (ATT&amp;CK T1046 and T1018). A source
 * that connects to many with success, such as a scraper, is not reported; see {@link
 * dev.weir.analytics.detector.portscan}. A source has one alert, however many ports it tries.
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
        return activity.failed() > 0 && activity.established() == 0 && !isPingToOutside(activity);
    }

    /** Most machines of the internet do not answer pings, so that programs which ping them are no scanners. */
    private static boolean isPingToOutside(Activity activity) {
        return isPing(activity.protocol()) && (activity.outside().isDestination() || activity.isToGroup());
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
        TreeMap<String, Integer> swept = new TreeMap<>();
        for (String service : failedByService.keySet()) {
            int hosts = tried.members(service).size();
            if (hosts >= config.hosts()) {
                swept.put(service, hosts);
            }
        }
        return new DetectorResult<>(
                tried, swept.isEmpty() ? List.of() : List.of(finding(tried, failedByService, swept)));
    }

    /** The finding about all services that were looked for in the slice. */
    private Finding finding(
            AttemptState tried, Map<String, List<Activity>> failedByService, TreeMap<String, Integer> swept) {
        List<Activity> activities = new ArrayList<>();
        swept.keySet().forEach(service -> activities.addAll(failedByService.getOrDefault(service, List.of())));
        Map.Entry<String, Integer> widest = Collections.max(swept.entrySet(), Map.Entry.comparingByValue());
        String most = widest.getKey();
        int hosts = widest.getValue();
        String others = swept.size() == 1 ? "" : " and " + (swept.size() - 1) + " more";
        String sourceName = activities.get(0).source().display();
        Findings finding = Findings.of(this, activities)
                .confidence(Math.min(0.99, 0.7 + 0.3 * (hosts - config.hosts()) / (2.0 * config.hosts())))
                .title(sourceName + " sweeps hosts for " + most + others)
                .summary(sourceName + " tried " + most + " on " + hosts + " destinations without success within "
                        + config.window().toMinutes() + " minutes; " + config.hosts() + " make a sweep.")
                .observed("hosts_failed", hosts)
                .observed("services", swept.size())
                .expected("hosts_failed_below", config.hosts());
        if (swept.keySet().stream().allMatch(HostSweep::isPing)) {
            finding.techniques("T1018");
        }
        swept.keySet().forEach(service -> finding.since(tried.firstMs(service)));
        return finding.build();
    }

    private static boolean isPing(String service) {
        return service.startsWith("ICMP");
    }
}
