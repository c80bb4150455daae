package dev.weir.analytics.detector.exfiltration;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Rates;
import dev.weir.analytics.detector.RemoteServicePorts;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Spread;
import dev.weir.model.Activity;
import dev.weir.model.Severity;
import dev.weir.model.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reports a client that takes in bulk from a server inside more than it ever took (ATT&amp;CK T1213): a dump of a data
 * store comes before the data leaves. The server is watched, so that a client without a past counts too. A volume that
 * several other clients take from the same server is what the server is for, such as a registry or a mirror; and a
 * backup takes as much day after day.
 */
final class BulkPull extends AbstractDetector<SentBytesState> {
    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofDays(30);

    /** The least multiple of the volume of an earlier day, or of others. */
    private static final double TIMES_A_DAY = 3;

    /** The number of other clients whose volume is what the server is for. */
    private static final int OTHERS = 3;

    private final ExfiltrationConfig config;

    BulkPull(ExfiltrationConfig config) {
        super(Exfiltration.TYPE, DetectorScope.DESTINATION, SentBytesState.class, MEMORY);
        this.config = config;
    }

    @Override
    public boolean concerns(Activity activity) {
        Long taken = activity.bytesReceived();
        boolean isReplica =
                activity.source().key().equals(activity.destination().key());
        return activity.destination().workload() != null
                && !isReplica
                && activity.established() > 0
                && isClientSuspect(activity)
                && !activity.outside().isDestination()
                && taken != null
                && taken * activity.sampling() >= Exfiltration.BULK;
    }

    /**
     * True unless the client is outside and the service is for clients: they take much from servers that serve them,
     * but hardly by a remote service.
     */
    private static boolean isClientSuspect(Activity activity) {
        return !activity.outside().isSource() || RemoteServicePorts.isRemoteService(activity);
    }

    @Override
    public DetectorResult<SentBytesState> step(@Nullable SentBytesState state, Slice slice) {
        SentBytesState before = state == null ? SentBytesState.since(slice.beganMs()) : state;
        List<Activity> bulk = slice.activities().stream().filter(this::concerns).toList();
        if (bulk.isEmpty()) {
            return new DetectorResult<>(before, List.of());
        }
        long windowMs = config.window().toMillis();
        SentBytesState taken = before.at(slice.endMs(), windowMs);
        boolean isKnown = slice.startMs() - taken.sinceMs() >= config.learn().toMillis();
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : bulk) {
            String client = activity.source().key();
            Spread bytes = Spread.of(activity, activity.bytesReceived(), Span::bytesReceived);
            Spread asked = Spread.of(activity, activity.bytesSent(), Span::bytesSent);
            taken.makeRoom(client, false);
            SentBytesState.Day day =
                    SentBytesState.Day.plus(taken.days().get(client), slice.startMs(), false, bytes, asked);
            taken.days().put(client, day);
            Rates.Edge edge =
                    taken.burst().add(client, slice.startMs(), bytes, windowMs, windowMs / Exfiltration.STEPS);
            double least = edge.threshold(config.pullBytes(), config.timesUsual());
            if (edge.count() < least || day.sent() < config.ratio() * day.received()) {
                continue;
            }
            double usual = Math.max(day.usualAt(slice.endMs()), ofOthers(taken, client, slice.endMs()));
            double threshold = Math.max(least, TIMES_A_DAY * usual);
            if (edge.count() < threshold) {
                continue;
            }
            taken.burst().report(client, slice.endMs());
            taken.days().put(client, day.asReported());
            if (isKnown) {
                findings.add(finding(activity, client, edge, threshold, usual));
            }
        }
        return new DetectorResult<>(taken, findings);
    }

    /** The volume of a day that at least {@value #OTHERS} other clients have taken; 0 if fewer have taken any. */
    private static double ofOthers(SentBytesState taken, String client, long nowMs) {
        return taken.days().entrySet().stream()
                .filter(each -> !each.getKey().equals(client))
                .map(Map.Entry::getValue)
                .map(day -> Math.max(day.usualAt(nowMs), day.sent()))
                .sorted(Comparator.reverseOrder())
                .skip(OTHERS - 1L)
                .findFirst()
                .orElse(0.0);
    }

    private Finding finding(Activity activity, String client, Rates.Edge edge, double threshold, double usual) {
        String sourceName = activity.source().display();
        String serverName = activity.destination().display();
        double over = Math.min(1, (edge.count() - threshold) / (4 * threshold));
        return Findings.of(this, activity)
                .techniques("T1213")
                .subject("pull|" + client + "|" + activity.destination().key())
                .impact(Severity.HIGH)
                .confidence(0.55 + 0.25 * over)
                .title(sourceName + " takes much data from " + serverName)
                .summary(String.format(
                        Locale.ROOT,
                        "%s received %.0f MB from %s within %d minutes; usual for the two are %.0f MB, and %.0f make a"
                                + " finding.",
                        sourceName,
                        edge.count() / 1e6,
                        serverName,
                        config.window().toMinutes(),
                        edge.usual() / 1e6,
                        threshold / 1e6))
                .since(edge.sinceMs())
                .observed("bytes_received", edge.count())
                .expected("bytes_received_below", threshold)
                .expected("bytes_received_usual", edge.usual())
                .expected("bytes_received_usual_in_a_day", usual)
                .build();
    }
}
