package dev.weir.analytics.detector.newedge;

import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.LateralRole;
import dev.weir.analytics.detector.NoveltyConfig;
import dev.weir.analytics.detector.NoveltyDetector;
import dev.weir.analytics.detector.RemoteServicePorts;
import dev.weir.analytics.detector.Threats;
import dev.weir.analytics.detector.Weighing;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.ProtocolPort;
import dev.weir.model.Severity;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports an edge (destination, port, protocol) that a source never used. Sources with public addresses have no
 * baseline: every client of the internet would be new. Peers outside are identified by their domain, see {@code
 * new-external}. An edge counts once a connection was answered, so that a scan does not become a hundred new edges. All
 * destination ports of the ephemeral range count as one, since they are chosen anew each time. Pings are left to {@code
 * host-sweep}. A first connection to a remote service is lateral movement (ATT&amp;CK T1021), one to Kubernetes' API
 * discovery (T1613). {@link NewRemoteClient} reports those two by what the destination knows, too.
 */
public final class NewEdge extends NoveltyDetector {
    public static final DetectorType<NoveltyConfig> TYPE = DetectorType.ofSeveral(
                    new DetectorInfo(
                            "new-edge",
                            "baseline",
                            Severity.HIGH,
                            List.of(),
                            Set.of(LateralRole.ENTERING, LateralRole.MOVING),
                            Weighing.NEW_EDGE),
                    NoveltyConfig.class,
                    (config, threats) -> List.of(new NewEdge(config, threats), new NewRemoteClient(config, threats)))
            .learningInRecordings();

    private static final long serialVersionUID = 1L;
    private static final int API_SERVER = 6443;
    private static final Set<Integer> DHCP = Set.of(67, 68, 546, 547);

    public NewEdge(NoveltyConfig config, Threats threats) {
        super(TYPE, DetectorScope.SOURCE, config, threats);
    }

    @Override
    protected @Nullable String member(Activity activity) {
        return name(activity);
    }

    /** The name of an edge inside; null for an activity that has no baseline. */
    static @Nullable String name(Activity activity) {
        boolean isPing = activity.protocol().startsWith("ICMP");
        if (activity.isToGroup()
                || isPing
                || isAddressing(activity)
                || activity.outside().isSource()
                || activity.outside().isDestination()) {
            return null;
        }
        return name(activity.destination(), activity.protocol(), activity.port());
    }

    /** The name of an edge to a destination inside. */
    public static String name(Entity end, String protocol, @Nullable Integer port) {
        String service = port == null ? "" : port >= ProtocolPort.FIRST_EPHEMERAL ? "ephemeral" : port.toString();
        // Nodes come and go; a workload that connects to one connects to all.
        String destinationName = end.workload() == null && end.node() != null ? "node" : end.key();
        return destinationName + " " + protocol + "/" + service;
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
        String service = ProtocolPort.text(activity.protocol(), activity.port());
        String sourceName = activity.source().display();
        String destinationName = activity.destination().display();
        return graded(Findings.of(this, activity), activity)
                .subject(member)
                .title(sourceName + " connects to " + destinationName + " for the first time")
                .summary(sourceName + " opened " + service + " to " + destinationName
                        + ". In the time it has been watched it had " + known + " other edges and never this one.")
                .observed("connections", activity.connections());
    }

    /** The finding with the tactic and technique of a remote service, or of Kubernetes' API. */
    static Findings graded(Findings finding, Activity activity) {
        if (isApiServer(activity)) {
            return finding.category("discovery").techniques("T1613");
        }
        return RemoteServicePorts.isRemoteService(activity)
                ? finding.category("lateral-movement").techniques("T1021")
                : finding;
    }

    /** True for a remote service, and for Kubernetes' API. */
    static boolean isOfAdministration(Activity activity) {
        return isApiServer(activity) || RemoteServicePorts.isRemoteService(activity);
    }

    /**
     * True for DHCP, by which a machine has its address: it is renewed after hours or days, at a server of the network.
     */
    private static boolean isAddressing(Activity activity) {
        Integer port = activity.port();
        return port != null && activity.protocol().equals("UDP") && DHCP.contains(port);
    }

    /** True if the destination is Kubernetes' API, by its Service or its port. */
    private static boolean isApiServer(Activity activity) {
        Entity end = activity.destination();
        boolean isService = "kubernetes".equals(end.service()) && "default".equals(end.namespace());
        return isService
                || Integer.valueOf(API_SERVER).equals(activity.port())
                        && activity.protocol().equals("TCP");
    }
}
