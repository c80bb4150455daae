package dev.weir.analytics.detector.remoteservices;

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
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reports a source that uses several remote services of one machine (ATT&amp;CK T1021): SSH, SMB, RPC, WinRM, RDP, VNC,
 * the kubelet, Docker. An administrator uses one, and a Windows client of a domain two (SMB and RPC); an intruder that
 * tries them all uses more. Only connections that were answered count.
 */
public final class RemoteServices extends AbstractDetector<AttemptState> {
    public static final DetectorType<RemoteServicesConfig> TYPE = DetectorType.of(
            new DetectorInfo(
                    "remote-services",
                    "lateral-movement",
                    Severity.HIGH,
                    List.of("T1021"),
                    Set.of(LateralRole.ENTERING, LateralRole.MOVING)),
            RemoteServicesConfig.class,
            RemoteServices::new);

    private static final long serialVersionUID = 1L;

    private final RemoteServicesConfig config;

    public RemoteServices(RemoteServicesConfig config) {
        super(TYPE, DetectorScope.SOURCE, AttemptState.class, config.window());
        this.config = config;
    }

    @Override
    public boolean concerns(Activity activity) {
        return activity.port() != null
                && config.services().containsKey(activity.port())
                && activity.established() > 0
                && activity.protocol().equals("TCP");
    }

    @Override
    public DetectorResult<AttemptState> step(@Nullable AttemptState state, Slice slice) {
        AttemptState used = (state == null ? AttemptState.nothing() : state)
                .since(slice.endMs() - config.window().toMillis());
        Map<String, List<Activity>> byDestination = new TreeMap<>();
        for (Activity activity : slice.activities()) {
            String service = activity.port() == null ? null : config.services().get(activity.port());
            if (service == null || !concerns(activity)) {
                continue;
            }
            String destination = activity.destination().key();
            used.update(destination, service, activity.lastSeenMs());
            byDestination.computeIfAbsent(destination, key -> new ArrayList<>()).add(activity);
        }
        List<Finding> findings = new ArrayList<>();
        byDestination.forEach((destination, activities) -> {
            TreeSet<String> services = new TreeSet<>(used.members(destination).keySet());
            if (services.size() >= config.usedServices()) {
                findings.add(finding(activities, destination, services, used.firstMs(destination)));
            }
        });
        return new DetectorResult<>(used, findings);
    }

    private Finding finding(List<Activity> activities, String destination, TreeSet<String> services, long since) {
        Activity one = activities.get(0);
        String sourceName = one.source().display();
        String destinationName = one.destination().display();
        return Findings.of(this, activities)
                .subject(destination)
                .confidence(Math.min(0.95, 0.8 + 0.1 * (services.size() - config.usedServices())))
                .title(sourceName + " uses several remote services of " + destinationName)
                .summary(sourceName + " used " + String.join(", ", services) + " of " + destinationName + " within "
                        + config.window().toMinutes() + " minutes; " + config.usedServices()
                        + " of them make a finding.")
                .since(since)
                .observed("services", services.size())
                .expected("services_below", config.usedServices())
                .build();
    }
}
