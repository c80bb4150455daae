package dev.weir.analytics.detector.exfiltration;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.LateralRole;
import dev.weir.analytics.detector.Pings;
import dev.weir.analytics.detector.Rates;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Spread;
import dev.weir.analytics.detector.Weighing;
import dev.weir.model.Activity;
import dev.weir.model.Severity;
import dev.weir.model.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports data that leaves (ATT&amp;CK T1041, T1048, T1567): far more bytes go to a peer outside than come back, and
 * far more than the source usually sends there, or to any other peer, within an hour or slowly over a day. Clients
 * receive more than they send, so the ratio alone excludes most of them; backups and log shippers send day after day. A
 * peer that never answered received nothing: that is a flood. What pings bring back is what they sent, and does not
 * count. Inside the cluster, where data may be staged before it is taken away (T1074.002), only bulk to a peer that
 * never received any counts. {@link BulkPull} judges what clients take from servers inside.
 */
public final class Exfiltration extends AbstractDetector<SentBytesState> {
    public static final DetectorType<ExfiltrationConfig> TYPE = DetectorType.ofSeveral(
                    new DetectorInfo(
                            "exfiltration",
                            "exfiltration",
                            Severity.CRITICAL,
                            List.of("T1041", "T1048"),
                            Set.of(LateralRole.MOVING),
                            Weighing.PEER_OUTSIDE),
                    ExfiltrationConfig.class,
                    (config, threats) -> List.of(new Exfiltration(config), new BulkPull(config)))
            .learningInRecordings();

    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofDays(3);
    /** The least bytes between two inside within a slice that are looked at. */
    static final long BULK = 100_000;

    /** The resolution of the window, in steps. */
    static final int STEPS = 12;

    private final ExfiltrationConfig config;

    public Exfiltration(ExfiltrationConfig config) {
        super(TYPE, DetectorScope.SOURCE, SentBytesState.class, MEMORY);
        this.config = config;
    }

    @Override
    public DetectorResult<SentBytesState> step(@Nullable SentBytesState state, Slice slice) {
        SentBytesState before = state == null ? SentBytesState.since(slice.startMs()) : state;
        List<Activity> out = slice.activities().stream().filter(this::concerns).toList();
        if (out.isEmpty()) {
            return new DetectorResult<>(before, List.of());
        }
        long windowMs = config.window().toMillis();
        SentBytesState sent = before.at(slice.endMs(), windowMs);
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : out) {
            String peer = activity.destination().key();
            Spread bytes = Spread.of(activity, activity.bytesSent(), Span::bytesSent);
            Spread received = Pings.isPing(activity)
                    ? Spread.whole(0)
                    : Spread.of(activity, activity.bytesReceived(), Span::bytesReceived);
            boolean isOutside = activity.outside().isDestination();
            sent.makeRoom(peer, isOutside);
            SentBytesState.Day day =
                    SentBytesState.Day.plus(sent.days().get(peer), slice.startMs(), isOutside, bytes, received);
            sent.days().put(peer, day);
            Rates.Edge edge = sent.burst().add(peer, slice.startMs(), bytes, windowMs, windowMs / STEPS);
            Excess excess =
                    isOutside ? outside(sent, peer, day, edge, slice.endMs()) : inside(sent, day, edge, slice.endMs());
            if (excess != null && day.sent() >= config.ratio() * day.received()) {
                sent.burst().report(peer, slice.endMs());
                sent.days().put(peer, day.asReported());
                findings.add(finding(activity, peer, excess));
            }
        }
        return new DetectorResult<>(sent, findings);
    }

    /**
     * A volume that makes a finding.
     *
     * @param impact the severity if the data went to an attacker
     * @param least the least confidence
     * @param usual for the source and this peer
     * @param elsewhere usual for the source and another peer
     * @param within the time it was sent in, in words
     */
    private record Excess(
            Severity impact,
            double least,
            double bytes,
            double threshold,
            double usual,
            double elsewhere,
            long sinceMs,
            String within) {}

    private @Nullable Excess outside(
            SentBytesState sent, String peer, SentBytesState.Day day, Rates.Edge edge, long nowMs) {
        double elsewhere = sent.usualElsewhere(peer, false, config.ratio(), nowMs);
        double burst = Math.max(elsewhere, edge.threshold(config.bytes(), config.timesUsual()));
        if (edge.count() >= burst) {
            long since = Math.max(edge.sinceMs(), nowMs - config.window().toMillis());
            return new Excess(
                    Severity.CRITICAL, 0.65, edge.count(), burst, edge.usual(), elsewhere, since, withinTheWindow());
        }
        elsewhere = sent.usualElsewhere(peer, true, config.ratio(), nowMs);
        double drip = Math.max(elsewhere, Math.max(config.dripBytes(), config.timesUsual() * day.usual()));
        return day.sent() < drip
                ? null
                : new Excess(
                        Severity.CRITICAL,
                        0.65,
                        day.sent(),
                        drip,
                        day.usual(),
                        elsewhere,
                        day.sinceMs(),
                        "within a day");
    }

    /**
     * Judges bulk to a peer inside. Much data stays inside day after day, so only a peer that received none while the
     * workload was learned counts.
     */
    private @Nullable Excess inside(SentBytesState sent, SentBytesState.Day day, Rates.Edge edge, long nowMs) {
        double threshold = edge.threshold(config.insideBytes(), config.timesUsual());
        boolean isNew = day.usual() <= 0
                && day.sinceMs() - sent.sinceMs() >= config.learn().toMillis();
        long since = Math.max(edge.sinceMs(), nowMs - config.window().toMillis());
        return isNew && edge.count() >= threshold
                ? new Excess(Severity.HIGH, 0.5, edge.count(), threshold, edge.usual(), 0, since, withinTheWindow())
                : null;
    }

    private String withinTheWindow() {
        return "within " + config.window().toMinutes() + " minutes";
    }

    @Override
    public boolean concerns(Activity activity) {
        boolean udp = activity.protocol().equals("UDP");
        Long received = activity.bytesReceived();
        boolean answered = activity.established() > 0 && received != null && received > 0;
        boolean dns = activity.port() != null && activity.port() == 53 && udp;
        return answered && !dns && (activity.outside().isDestination() || isBulk(activity));
    }

    private boolean isBulk(Activity activity) {
        long sent = scaled(activity.bytesSent(), activity);
        long received = Pings.isPing(activity) ? 0 : scaled(activity.bytesReceived(), activity);
        return sent >= BULK && sent >= config.ratio() * received;
    }

    private static long scaled(@Nullable Long bytes, Activity activity) {
        return bytes == null ? 0 : bytes * activity.sampling();
    }

    private Finding finding(Activity activity, String peer, Excess excess) {
        String sourceName = activity.source().display();
        String destinationName = activity.destination().display();
        double over = Math.min(1, (excess.bytes() - excess.threshold()) / (4 * excess.threshold()));
        return Findings.of(this, activity)
                .subject(peer)
                .impact(excess.impact())
                .confidence(excess.least() + 0.25 * over)
                .title(sourceName + " sends much data to " + destinationName)
                .summary(sourceName + " sent " + megabytes(excess.bytes()) + " MB to " + destinationName + " "
                        + excess.within()
                        + ", at least " + Math.round(config.ratio()) + " times what it received; usual for the two are "
                        + megabytes(excess.usual()) + " MB, and " + megabytes(excess.threshold()) + " make a finding.")
                .since(excess.sinceMs())
                .observed("bytes_sent", excess.bytes())
                .expected("bytes_sent_below", excess.threshold())
                .expected("bytes_sent_usual", excess.usual())
                .expected("bytes_sent_usual_elsewhere", excess.elsewhere())
                .build();
    }

    private static String megabytes(double bytes) {
        return Long.toString(Math.round(bytes / 1e6));
    }
}
