package dev.weir.analytics.detector.threatlist;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.AttemptState;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Slice;
import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reports contact with a peer on a threat list (ATT&amp;CK T1071 going out, T1190 coming in), and a query for a domain
 * on one.
 */
public final class ThreatList extends AbstractDetector<AttemptState.Members> {
    public static final String ID = "threat-list";

    private static final long serialVersionUID = 1L;

    private final ThreatFiles files;

    public ThreatList(ThreatFiles files) {
        super(ID, DetectorScope.SOURCE, AttemptState.Members.class, Duration.ofHours(1));
        this.files = files;
    }

    @Override
    public boolean concerns(Activity activity) {
        return !files.isEmpty();
    }

    @Override
    public DetectorResult<AttemptState.Members> step(AttemptState.@Nullable Members state, Slice slice) {
        if (files.isEmpty()) {
            return DetectorResult.nothing();
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
        return new DetectorResult<>(null, findings, null, null);
    }

    private Finding outgoing(Activity activity, String destinationName, String list) {
        String sourceName = activity.source().display();
        boolean reached = activity.established() > 0;
        return Findings.of(this, activity)
                .subject(destinationName)
                .category("command-and-control")
                .impact(Severity.CRITICAL)
                .confidence(reached ? 0.85 : 0.6)
                .title(sourceName + " contacts " + destinationName + ", which is on a threat list")
                .summary(sourceName + (reached ? " reached " : " tried to reach ") + destinationName + ", which is on "
                        + list + ".")
                .techniques("T1071")
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
