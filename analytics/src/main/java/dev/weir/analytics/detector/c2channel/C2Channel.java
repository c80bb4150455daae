package dev.weir.analytics.detector.c2channel;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Exchanges;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.LateralRole;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Weighing;
import dev.weir.common.Millis;
import dev.weir.model.Activity;
import dev.weir.model.Endpoint;
import dev.weir.model.ProtocolPort;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports a command-and-control channel (ATT&amp;CK T1071, T1571, T1219). No single sign distinguishes it from ordinary
 * clients, so signs add up, as in Slips (Stratosphere): an odd port, one connection that lasts (RITA and Slips look for
 * these), exchanges that are all of one size (a poll without a command), several ports of one peer, tries at remote
 * administration ports or an SSH session that lasts and carries little, and a peer that is new to a workload watched
 * for long. Without a sign in the ports themselves there is no finding: databases and brokers outside have lasting
 * connections and polls of one size, too. Datagrams count where they are such a channel: an exchange that lasts and
 * carries little. {@link PingTunnel} looks at pings.
 */
public final class C2Channel extends AbstractDetector<Channels> {
    public static final DetectorType<C2ChannelConfig> TYPE = DetectorType.ofSeveral(
            new DetectorInfo(
                    "c2-channel",
                    "command-and-control",
                    Severity.CRITICAL,
                    List.of("T1071", "T1571"),
                    Set.of(LateralRole.MOVING),
                    Weighing.PEER_OUTSIDE),
            C2ChannelConfig.class,
            (config, threats) -> List.of(new C2Channel(config), new PingTunnel()));

    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofDays(2);
    private static final int SSH = 22;

    /** The bytes in a second below which a lasting connection carries little. */
    private static final long IDLE_BYTES = 500;

    private static final double ODD_PORT = 0.2;
    private static final double ADMIN_PORT = 0.2;
    private static final double LASTING = 0.25;
    private static final double ALIKE = 0.3;
    private static final double SEVERAL_PORTS = 0.15;
    private static final double NEW_PEER = 0.15;
    private static final double FIRST_PEER = 0.2;

    /** The time after which a source that never had a peer outside is expected to have none. */
    private static final long WITHOUT_PEER_MS = Millis.DAY;

    private final C2ChannelConfig config;

    public C2Channel(C2ChannelConfig config) {
        super(TYPE, DetectorScope.SOURCE, Channels.class, MEMORY);
        this.config = config;
    }

    @Override
    public boolean learnsFromSights() {
        return true;
    }

    @Override
    public DetectorResult<Channels> step(@Nullable Channels state, Slice slice) {
        Channels channels = state == null ? new Channels(slice.startMs(), Map.of()) : state;
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : slice.activities()) {
            Integer port = activity.port();
            boolean isLooked = activity.protocol().equals("TCP") || isLastingDatagrams(activity, port, channels);
            if (port == null || !isLooked || !activity.outside().isDestination()) {
                continue;
            }
            boolean isWithoutPeer = channels.isWithoutPeer(activity, WITHOUT_PEER_MS);
            boolean isIdle = (isWithoutPeer || port == SSH) && isIdle(activity);
            boolean isFirst = isWithoutPeer && isIdle;
            boolean isAdmin = config.adminPorts().contains(port) || port == SSH && isIdle;
            channels = channels.plus(activity, port, isAdmin);
            Channels.Channel channel = Objects.requireNonNull(
                    channels.peers().get(activity.destination().key()));
            Finding finding = judged(activity, channel, channels.sinceMs(), isFirst);
            if (finding != null) {
                findings.add(finding);
            }
        }
        return new DetectorResult<>(channels, findings);
    }

    /**
     * True for datagrams of a lasting exchange that carries little, as those of a tunnel do whose user types. Calls and
     * streams carry more. A source that has other peers at odd ports is made for them, as an agent of a VPN is that
     * meets the members of its network.
     */
    private boolean isLastingDatagrams(Activity activity, @Nullable Integer port, Channels channels) {
        return port != null
                && isOfService(activity, port)
                && activity.protocol().equals("UDP")
                && activity.outside().isDestination()
                && isIdle(activity)
                && !channels.hasOther(activity, this::isOdd);
    }

    /**
     * True for the port of a service. One of the ephemeral range is that of a client, whose record is the wrong way
     * round, unless both ends use it: then it is set.
     */
    private static boolean isOfService(Activity activity, int port) {
        return port < ProtocolPort.FIRST_EPHEMERAL
                || activity.samples().stream().anyMatch(flow -> Integer.valueOf(port)
                        .equals(flow.source().port()));
    }

    /**
     * True if a connection lasted and carried little, as a shell or a tunnel does that waits for orders; a copy of
     * files carries more.
     */
    private boolean isIdle(Activity activity) {
        return activity.samples().stream().anyMatch(flow -> {
            long lastedMs = flow.endMs() - flow.startMs();
            return lastedMs >= config.longConnection().toMillis()
                    && Exchanges.isExchange(flow)
                    && bytes(flow.source()) + bytes(flow.destination()) < lastedMs / 1_000 * IDLE_BYTES;
        });
    }

    private boolean isOdd(int port) {
        return !config.usualPorts().contains(port) && !config.adminPorts().contains(port);
    }

    private static long bytes(Endpoint end) {
        return Objects.requireNonNullElse(end.bytes(), Long.MAX_VALUE / 2);
    }

    private @Nullable Finding judged(Activity activity, Channels.Channel channel, long sinceMs, boolean isFirst) {
        List<String> signs = new ArrayList<>();
        double score = 0;
        List<Integer> odd =
                channel.ports().keySet().stream().filter(this::isOdd).toList();
        if (!odd.isEmpty()) {
            score += ODD_PORT;
            signs.add("port " + odd.get(0) + " is not one that programs usually use outside");
        }
        if (channel.adminTries() > 0) {
            score += ADMIN_PORT;
            signs.add("its remote services were used");
        }
        if (isFirst) {
            score += FIRST_PEER;
            signs.add("it is the first peer outside of the source");
        }
        if (signs.isEmpty() || channel.ports().isEmpty()) {
            return null;
        }
        if (channel.longestMs() >= config.longConnection().toMillis()) {
            score += LASTING;
            signs.add("a connection lasted " + channel.longestMs() / Millis.MINUTE + " minutes");
        }
        if (channel.exchanges() >= config.exchanges() && channel.alike() >= config.alikeShare()) {
            score += ALIKE;
            signs.add(Math.round(100 * channel.alike())
                    + " % of the connections looked at were of the same size both ways");
        }
        if (channel.ports().size() > 1) {
            score += SEVERAL_PORTS;
            signs.add(channel.ports().size() + " of its ports are used");
        }
        if (channel.firstMs() - sinceMs >= config.learn().toMillis()) {
            score += NEW_PEER;
            signs.add("the source did without it for " + (channel.firstMs() - sinceMs) / Millis.MINUTE + " minutes");
        }
        // A sum of tenths may be slightly below the exact value.
        return score < config.score() - 1e-9 ? null : finding(activity, channel, score, signs);
    }

    private Finding finding(Activity activity, Channels.Channel channel, double score, List<String> signs) {
        String sourceName = activity.source().display();
        String destinationName = activity.destination().display();
        return Findings.of(this, activity)
                .subject(activity.destination().key())
                .confidence(Math.min(0.95, score))
                .title(sourceName + " may be controlled from " + destinationName)
                .summary("Several signs make the contact of " + sourceName + " with " + destinationName
                        + " suspicious: " + String.join("; ", signs) + ".")
                .since(channel.firstMs())
                .ports(channel.ports().keySet())
                .observed("score", Math.round(score * 100) / 100.0)
                .observed("longest_connection_s", channel.longestMs() / 1000.0)
                .observed("alike_share", Math.round(channel.alike() * 100) / 100.0)
                .observed("ports_used", channel.ports().size())
                .expected("score_below", config.score())
                .build();
    }
}
