package dev.weir.analytics.detector.newedge;

import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.NoveltyConfig;
import dev.weir.analytics.detector.NoveltyDetector;
import dev.weir.analytics.detector.Outside;
import dev.weir.analytics.detector.Scope;
import dev.weir.analytics.detector.Threats;
import dev.weir.common.Ip;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Severity;
import org.jspecify.annotations.Nullable;

/**
 * Reports an edge (destination, port, protocol) that a source never used. Sources that are public addresses have no
 * baseline: every client of the internet would be new; peers outside go by their domain, see {@code new-external}. Edges
 * count once a connection was answered, so that a scan does not become a hundred new edges. Destination ports of the
 * ephemeral range are one: they are chosen anew each time.
 */
public final class NewEdge extends NoveltyDetector {
    public static final String ID = "new-edge";

    private static final long serialVersionUID = 1L;
    private static final int FIRST_EPHEMERAL = 32768;

    public NewEdge(NoveltyConfig config, Threats threats) {
        super(ID, Scope.SOURCE, config, threats);
    }

    @Override
    protected @Nullable String member(Activity activity) {
        String ip = activity.destination().ip();
        boolean group = ip != null && Ip.isMulticast(ip);
        if (group || activity.source().isExternal() || Outside.is(activity)) {
            return null;
        }
        Integer port = activity.port();
        String service = port == null ? "" : port >= FIRST_EPHEMERAL ? "ephemeral" : port.toString();
        Entity end = activity.destination();
        // Nodes come and go; whoever speaks to one speaks to all.
        String whom = end.workload() == null && end.node() != null ? "node" : end.key();
        return whom + " " + activity.protocol() + "/" + service;
    }

    @Override
    protected Entity workload(Activity activity) {
        return activity.source();
    }

    @Override
    protected String subject(Activity activity, String member) {
        return member;
    }

    @Override
    protected Findings finding(Activity activity, String member, long known) {
        String service = activity.protocol() + (activity.port() == null ? "" : "/" + activity.port());
        String who = activity.source().display();
        String whom = activity.destination().display();
        return Findings.of(this, activity)
                .subject(member)
                .category("baseline")
                .impact(Severity.HIGH)
                .title(who + " connects to " + whom + " for the first time")
                .summary(who + " opened " + service + " to " + whom + ". In the time it has been watched it had "
                        + known + " other edges and never this one.")
                .observed("connections", activity.connections());
    }
}
