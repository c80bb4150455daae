package dev.weir.analytics.detector.newedge;

import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.Exchanges;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.NoveltyConfig;
import dev.weir.analytics.detector.NoveltyDetector;
import dev.weir.analytics.detector.Threats;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.ProtocolPort;
import org.jspecify.annotations.Nullable;

/**
 * Reports a client that enters a machine, or asks Kubernetes' API, for the first time, by what the destination knows. A
 * workload that is born together with an attack has no past of its own, so that {@link NewEdge} is silent about it; the
 * machines that it enters have one. The alert is the same as that of {@link NewEdge}.
 */
final class NewRemoteClient extends NoveltyDetector {
    private static final long serialVersionUID = 1L;

    NewRemoteClient(NoveltyConfig config, Threats threats) {
        super(NewEdge.TYPE, DetectorScope.DESTINATION, config, threats);
    }

    @Override
    protected @Nullable String member(Activity activity) {
        boolean counts = NewEdge.isOfAdministration(activity)
                && NewEdge.name(activity) != null
                && Exchanges.isExchange(activity);
        return counts ? activity.source().key() + " " + ProtocolPort.text(activity.protocol(), activity.port()) : null;
    }

    @Override
    protected Entity workload(Activity activity) {
        return activity.destination();
    }

    @Override
    protected boolean isPublished() {
        return false;
    }

    @Override
    protected long windowsUntilEmptyIsUsual() {
        return 0;
    }

    @Override
    protected String subject(Activity activity, String member) {
        return String.valueOf(NewEdge.name(activity));
    }

    @Override
    protected Findings finding(Activity activity, String member, long known) {
        String service = ProtocolPort.text(activity.protocol(), activity.port());
        String sourceName = activity.source().display();
        String destinationName = activity.destination().display();
        return NewEdge.graded(Findings.of(this, activity), activity)
                .subject(subject(activity, member))
                .title(sourceName + " connects to " + destinationName + " for the first time")
                .summary(sourceName + " opened " + service + " to " + destinationName
                        + ", which had " + known + (known == 1 ? " other client" : " other clients")
                        + " of its remote services in the time that it has been watched, and never this one.")
                .observed("connections", activity.connections());
    }
}
