package dev.weir.analytics.detector.newlisteningport;

import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.NoveltyConfig;
import dev.weir.analytics.detector.NoveltyDetector;
import dev.weir.analytics.detector.Weighing;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.ProtocolPort;
import dev.weir.model.Severity;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports a port at which a workload answers and never did (ATT&amp;CK T1571, T1505): a bind shell, a proxy, a debug
 * port left open. Ports of the ephemeral range do not count: there a record may have source and destination the wrong
 * way round.
 */
public final class NewListeningPort extends NoveltyDetector {
    public static final DetectorType<NoveltyConfig> TYPE = DetectorType.of(
            new DetectorInfo(
                    "new-listening-port", "baseline", Severity.HIGH, List.of("T1571"), Set.of(), Weighing.NEW_PORT),
            NoveltyConfig.class,
            NewListeningPort::new);

    private static final long serialVersionUID = 1L;

    public NewListeningPort(NoveltyConfig config) {
        super(TYPE, DetectorScope.DESTINATION, config, activity -> false);
    }

    @Override
    protected @Nullable String member(Activity activity) {
        Integer port = activity.port();
        boolean isOurs = activity.destination().workload() != null;
        return port == null || port >= ProtocolPort.FIRST_EPHEMERAL || !isOurs
                ? null
                : activity.protocol() + "/" + port;
    }

    @Override
    protected Entity workload(Activity activity) {
        return activity.destination();
    }

    @Override
    protected Entity source(Activity activity) {
        return Entity.unnamed();
    }

    @Override
    protected String subject(Activity activity, String member) {
        return activity.destination().key() + " " + member;
    }

    @Override
    protected Findings finding(Activity activity, String member, long known) {
        String workloadName = activity.destination().display();
        return Findings.of(this, activity)
                .source(Entity.unnamed())
                .subject(subject(activity, member))
                .title(workloadName + " answers at " + member + " for the first time")
                .summary(workloadName + " answered " + activity.source().display() + " at " + member
                        + ". Since it has been watched, it has answered at " + known
                        + (known == 1 ? " other port" : " other ports")
                        + ", and never at this one.")
                .observed("connections", activity.connections());
    }
}
