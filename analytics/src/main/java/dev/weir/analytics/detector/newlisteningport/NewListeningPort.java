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

    /** The windows of activity, of which a learning period has 24, in which a workload answered at no port. */
    private static final long LEAST_WINDOWS = 20;

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

    /** A workload that only connected while it was watched has a new port with its first. */
    @Override
    protected long windowsUntilEmptyIsUsual() {
        return LEAST_WINDOWS;
    }

    /** The first port may be one that a collector begins to scrape, unless the client is outside. */
    @Override
    protected boolean isFirstReported(Activity activity) {
        return activity.outside().isSource();
    }

    @Override
    public boolean learnsFromSights() {
        return true;
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
