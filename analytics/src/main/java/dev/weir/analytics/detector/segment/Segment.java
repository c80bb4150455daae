package dev.weir.analytics.detector.segment;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.LateralRole;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.StatelessDetector;
import dev.weir.model.Activity;
import dev.weir.model.ProtocolPort;
import dev.weir.model.Severity;
import dev.weir.model.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports connections between zones that must be apart, such as that of card data, even where a network policy allows
 * them. The alert names the requirement that is broken.
 */
public final class Segment extends StatelessDetector {
    public static final DetectorType<SegmentConfig> TYPE = DetectorType.of(
            new DetectorInfo("segment", "posture", Severity.HIGH, List.of(), Set.of(LateralRole.ENTERING)),
            SegmentConfig.class,
            Segment::new);

    private static final long serialVersionUID = 1L;

    private final @Nullable Zones zones;

    /**
     * Reads the zones.
     *
     * @throws dev.weir.common.config.ConfigException when the file of zones cannot be used
     */
    public Segment(SegmentConfig config) {
        super(TYPE, DetectorScope.SOURCE);
        this.zones = config.file() == null ? null : Zones.read(config.file());
    }

    @Override
    public boolean concerns(Activity activity) {
        return zones != null;
    }

    @Override
    protected List<Finding> findings(Slice slice) {
        if (zones == null) {
            return List.of();
        }
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : slice.activities()) {
            boolean passed = activity.verdict() != Verdict.DROPPED && activity.established() > 0;
            String zone = passed ? zones.broken(activity) : null;
            if (zone != null) {
                findings.add(finding(activity, zone, zones.zone(zone)));
            }
        }
        return findings;
    }

    private Finding finding(Activity activity, String name, Zones.Zone zone) {
        String sourceName = activity.source().display();
        String destinationName = activity.destination().display();
        String service = ProtocolPort.text(activity.protocol(), activity.port());
        String requirement = zone.requirement() == null ? "" : " (" + zone.requirement() + ")";
        return Findings.of(this, activity)
                .subject(activity.destination().key() + " " + service)
                .confidence(0.95)
                .title(sourceName + " connects to " + destinationName + " " + service + " across the bounds of zone "
                        + name + requirement)
                .summary(sourceName + " had a connection to " + destinationName + " " + service + ". Zone " + name
                        + requirement + " must be apart, and no rule allows this.")
                .observed("connections", activity.connections())
                .expected("connections", 0)
                .build();
    }
}
