package dev.weir.analytics.detector.threatlist;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.StatelessDetector;
import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import dev.weir.model.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reports contact with a peer on a threat list (ATT&amp;CK T1071 going out, T1190 coming in), and a query for a domain
 * on one.
 */
public final class ThreatList extends StatelessDetector {
    public static final DetectorType<ThreatListConfig> TYPE = DetectorType.ofSeveral(
            new DetectorInfo("threat-list", "command-and-control", Severity.CRITICAL, List.of("T1071"), Set.of()),
            ThreatListConfig.class,
            (config, threats) -> List.of(new ThreatList(threats)));

    private static final long serialVersionUID = 1L;

    private final ThreatFiles files;

    public ThreatList(ThreatFiles files) {
        super(TYPE, DetectorScope.SOURCE);
        this.files = files;
    }

    @Override
    public boolean concerns(Activity activity) {
        return !files.isEmpty();
    }

    @Override
    protected List<Finding> findings(Slice slice) {
        if (files.isEmpty()) {
            return List.of();
        }
        Feed lists = files.at(slice.startMs());
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : slice.activities()) {
            String list = ThreatFiles.ofPeer(lists, activity.destination(), slice.startMs());
            if (list != null) {
                findings.add(outgoing(activity, activity.destination().display(), list));
            }
            for (DnsQueries asked : activity.dns()) {
                String ofDomain = lists.ofName(asked.domain(), slice.startMs());
                if (ofDomain != null) {
                    findings.add(outgoing(activity, asked.domain(), ofDomain));
                }
            }
            String ofSource = ThreatFiles.ofPeer(lists, activity.source(), slice.startMs());
            if (ofSource != null) {
                findings.add(incoming(activity, ofSource));
            }
        }
        return findings;
    }

    private Finding outgoing(Activity activity, String destinationName, String list) {
        String sourceName = activity.source().display();
        boolean reached = activity.established() > 0;
        return Findings.of(this, activity)
                .subject(destinationName)
                .confidence(reached ? 0.85 : 0.6)
                .title(sourceName + " contacts " + destinationName + ", which is on a threat list")
                .summary(sourceName + (reached ? " reached " : " tried to reach ") + destinationName + ", which is on "
                        + list + ".")
                .observed("connections", activity.connections())
                .expected("connections", 0)
                .build();
    }

    private Finding incoming(Activity activity, String list) {
        String sourceName = activity.source().display();
        String destinationName = activity.destination().display();
        boolean reached = activity.established() > 0;
        return Findings.of(this, activity)
                .subject(activity.destination().key())
                .category("initial-access")
                .impact(Severity.HIGH)
                .confidence(reached ? 0.75 : 0.4)
                .title(sourceName + ", which is on a threat list, contacts " + destinationName)
                .summary(sourceName + " is on " + list + " and " + (reached ? "was answered by " : "tried ")
                        + destinationName + ".")
                .techniques("T1190")
                .observed("connections", activity.connections())
                .expected("connections", 0)
                .build();
    }
}
