package dev.weir.analytics.detector.newexternal;

import dev.weir.analytics.Domains;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.LateralRole;
import dev.weir.analytics.detector.NoveltyConfig;
import dev.weir.analytics.detector.NoveltyDetector;
import dev.weir.analytics.detector.Threats;
import dev.weir.analytics.detector.Weighing;
import dev.weir.common.Cidr;
import dev.weir.common.Ip;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Flow;
import dev.weir.model.Severity;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports a peer outside that a workload never had. A peer is identified by its registered domain where its name is
 * known, else by the network that its address belongs to, else by its surroundings (IPv4 /24, IPv6 /48), since services
 * outside change their addresses all the time. StackRox has one single "Internet".
 */
public final class NewExternal extends NoveltyDetector {
    public static final DetectorType<NoveltyConfig> TYPE = DetectorType.ofSeveral(
            new DetectorInfo(
                    "new-external",
                    "baseline",
                    Severity.HIGH,
                    List.of(),
                    Set.of(LateralRole.MOVING),
                    Weighing.NEW_PEER),
            NoveltyConfig.class,
            (config, threats) -> List.of(new NewExternal(config, threats)));

    private static final long serialVersionUID = 1L;
    /** The windows of activity, of which a learning period has 24, in which a workload had no peer outside. */
    private static final long LEAST_WINDOWS = 20;

    private static final int IPV4_BYTES = 4;
    private static final int IPV4_SITE = 24;
    private static final int IPV6_SITE = 48;

    public NewExternal(NoveltyConfig config, Threats threats) {
        super(TYPE, DetectorScope.SOURCE, config, threats);
    }

    @Override
    protected @Nullable String member(Activity activity) {
        if (activity.outside().isSource() || !activity.outside().isDestination()) {
            return null;
        }
        return peer(activity.destination(), activity.samples());
    }

    /**
     * The name of a peer outside in baselines; null for an end without a domain and an address.
     *
     * @param flows to the peer, of which one may name its network
     */
    public static @Nullable String peer(Entity end, List<Flow> flows) {
        List<String> names = end.names();
        if (names != null && !names.isEmpty()) {
            return Objects.requireNonNullElse(Domains.registered(names.get(0)), names.get(0));
        }
        for (Flow flow : flows) {
            if (flow.destination().network() != null) {
                return flow.destination().network();
            }
        }
        String ip = end.ip();
        return ip == null ? null : surroundings(ip);
    }

    /** Returns the block that the address belongs to, of the size that a site usually has. */
    private static String surroundings(String ip) {
        byte[] address = Ip.parse(ip);
        return address == null
                ? ip
                : Cidr.of(address, address.length == IPV4_BYTES ? IPV4_SITE : IPV6_SITE)
                        .toString();
    }

    /** A workload that had no peer outside while it was watched has a new one with its first. */
    @Override
    protected long windowsUntilEmptyIsUsual() {
        return LEAST_WINDOWS;
    }

    @Override
    public boolean learnsFromSights() {
        return true;
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
        String sourceName = activity.source().display();
        return Findings.of(this, activity)
                .subject(member)
                .title(sourceName + " connects to " + member + " for the first time")
                .summary(sourceName + " opened a connection to "
                        + activity.destination().display() + ", which belongs to "
                        + member + ". In the time it has been watched it had " + known
                        + " other peers outside and never this one.")
                .observed("connections", activity.connections());
    }
}
