package dev.weir.analytics.detector.portscan;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.AttemptState;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Exchanges;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.LateralRole;
import dev.weir.analytics.detector.Slice;
import dev.weir.model.Activity;
import dev.weir.model.Severity;
import java.time.Duration;
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
 * were refused, dropped, not answered, or closed without data count, as in Jung et al., "Fast Portscan Detection Using
 * Sequential Hypothesis Testing" (2004): a client that uses many ports with success is no scanner. With their
 * probabilities (four of five connections of a client succeed, one of five of a scanner) seven failures are 4^7 to one
 * for a scan. A source has one alert, however many destinations it scans.
 */
public final class PortScan extends AbstractDetector<AttemptState> {
    public static final DetectorType<PortScanConfig> TYPE = DetectorType.of(
            new DetectorInfo("port-scan", "discovery", Severity.HIGH, List.of("T1046"), Set.of(LateralRole.MOVING)),
            PortScanConfig.class,
            PortScan::new);

    private static final long serialVersionUID = 1L;

    private final PortScanConfig config;

    public PortScan(PortScanConfig config) {
        super(TYPE, DetectorScope.SOURCE, AttemptState.class, config.slowWindow());
        this.config = config;
    }

    @Override
    public boolean concerns(Activity activity) {
        if (activity.port() == null) {
            return false;
        }
        return activity.established() == 0 ? activity.failed() > 0 : Exchanges.isOnlyOpened(activity);
    }

    @Override
    public DetectorResult<AttemptState> step(@Nullable AttemptState state, Slice slice) {
        Map<String, List<Activity>> failedByDestination = new TreeMap<>();
        for (Activity activity : slice.activities()) {
            if (!concerns(activity)) {
                continue;
            }
            failedByDestination
                    .computeIfAbsent(activity.destination().key(), key -> new ArrayList<>())
                    .add(activity);
        }
        AttemptState tried = (state == null ? AttemptState.nothing() : state)
                .since(slice.endMs() - config.slowWindow().toMillis(), failedByDestination.keySet());
        failedByDestination.forEach((destination, failed) -> failed.forEach(
                activity -> tried.update(destination, String.valueOf(activity.port()), activity.lastSeenMs())));
        TreeMap<String, Scan> scanned = new TreeMap<>();
        for (String destination : failedByDestination.keySet()) {
            Scan scan = scan(tried, destination, slice.endMs());
            if (scan != null) {
                scanned.put(destination, scan);
            }
        }
        return new DetectorResult<>(
                tried,
                scanned.isEmpty() ? List.of() : List.of(finding(tried, failedByDestination, scanned, slice.endMs())));
    }

    /**
     * The scan of one destination.
     *
     * @param window in which its ports were tried
     * @param least the number of ports that make a scan in it
     */
    private record Scan(List<Integer> ports, long sinceMs, Duration window, int least) {
        private double over() {
            return Math.min(1, (ports.size() - least) / (2.0 * least));
        }
    }

    private boolean isScanned(AttemptState tried, String destination, long nowMs) {
        return tried.countSince(destination, nowMs - config.window().toMillis()) >= config.ports()
                || tried.countSince(destination, nowMs - config.slowWindow().toMillis()) >= config.slowPorts();
    }

    /** The fast scan of a destination, or else the slow one; null if there is none. */
    private @Nullable Scan scan(AttemptState tried, String destination, long nowMs) {
        Scan fast = scan(tried, destination, nowMs, config.window(), config.ports());
        return fast != null ? fast : scan(tried, destination, nowMs, config.slowWindow(), config.slowPorts());
    }

    private static @Nullable Scan scan(AttemptState tried, String destination, long nowMs, Duration window, int least) {
        List<Integer> ports = new ArrayList<>();
        long since = Long.MAX_VALUE;
        for (Map.Entry<String, Long> each : tried.members(destination).entrySet()) {
            if (each.getValue() >= nowMs - window.toMillis()) {
                ports.add(Integer.valueOf(each.getKey()));
                since = Math.min(since, each.getValue());
            }
        }
        return ports.size() < least ? null : new Scan(ports, since, window, least);
    }

    /** The finding about all destinations that were scanned in the slice. */
    private Finding finding(
            AttemptState tried,
            Map<String, List<Activity>> failedByDestination,
            TreeMap<String, Scan> scanned,
            long nowMs) {
        List<Activity> activities = new ArrayList<>();
        scanned.keySet()
                .forEach(destination -> activities.addAll(failedByDestination.getOrDefault(destination, List.of())));
        Scan most = Collections.max(
                scanned.values(), Comparator.comparingInt(scan -> scan.ports().size()));
        long destinations = tried.groups().keySet().stream()
                .filter(destination -> isScanned(tried, destination, nowMs))
                .count();
        Activity one = activities.get(0);
        String sourceName = one.source().display();
        String latest = one.destination().display();
        String whose = destinations == 1 ? latest : destinations + " destinations";
        Findings finding = Findings.of(this, activities)
                .confidence(Math.min(0.99, 0.7 + 0.3 * most.over()))
                .title(sourceName + " scans the ports of " + whose)
                .summary(sourceName + " tried " + most.ports().size() + " ports of "
                        + (destinations == 1 ? latest : "one of " + whose + ", such as " + latest + ",")
                        + " without success within " + most.window().toMinutes() + " minutes; " + most.least()
                        + " make a scan.")
                .observed("destinations", destinations)
                .observed("ports_failed", most.ports().size())
                .expected("ports_failed_below", most.least());
        scanned.values().forEach(scan -> finding.since(scan.sinceMs()).ports(scan.ports()));
        return finding.build();
    }
}
