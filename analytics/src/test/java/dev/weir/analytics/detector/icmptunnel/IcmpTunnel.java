package dev.weir.analytics.detector.icmptunnel;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.LateralRole;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.StatelessDetector;
import dev.weir.model.Activity;
import dev.weir.model.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reports data that leaves in ICMP messages (ATT&amp;CK T1095): a ping carries some dozen bytes, a tunnel many. */
public final class IcmpTunnel extends StatelessDetector {
    public static final DetectorType<IcmpTunnelConfig> TYPE = DetectorType.of(
            new DetectorInfo(
                    "icmp-tunnel", "command-and-control", Severity.HIGH, List.of("T1095"), Set.of(LateralRole.MOVING)),
            IcmpTunnelConfig.class,
            IcmpTunnel::new);

    private static final long serialVersionUID = 1L;

    private final IcmpTunnelConfig config;

    public IcmpTunnel(IcmpTunnelConfig config) {
        super(TYPE, DetectorScope.SOURCE);
        this.config = config;
    }

    @Override
    public boolean concerns(Activity activity) {
        return activity.protocol().startsWith("ICMP") && bytes(activity) >= config.bytes();
    }

    @Override
    protected List<Finding> findings(Slice slice) {
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : slice.activities()) {
            if (concerns(activity)) {
                findings.add(finding(activity, bytes(activity)));
            }
        }
        return findings;
    }

    private static long bytes(Activity activity) {
        Long sent = activity.bytesSent();
        return sent == null ? 0 : sent * activity.sampling();
    }

    private Finding finding(Activity activity, long bytes) {
        String source = activity.source().display();
        String destination = activity.destination().display();
        return Findings.of(this, activity)
                .subject(activity.destination().key())
                .confidence(0.7)
                .title(source + " sends data to " + destination + " by ICMP")
                .summary(source + " sent " + bytes + " bytes to " + destination
                        + " in ICMP messages within ten seconds; " + config.bytes() + " make a finding.")
                .observed("bytes_in_10s", bytes)
                .expected("bytes_in_10s_below", config.bytes())
                .build();
    }
}
