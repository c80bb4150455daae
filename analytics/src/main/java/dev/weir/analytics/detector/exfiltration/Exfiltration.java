package dev.weir.analytics.detector.exfiltration;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Outside;
import dev.weir.analytics.detector.Rates;
import dev.weir.analytics.detector.Scope;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Spread;
import dev.weir.analytics.detector.Step;
import dev.weir.model.Activity;
import dev.weir.model.Severity;
import dev.weir.model.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Data that leaves (ATT&amp;CK T1041, T1048, T1567): far more is sent to a peer outside than comes back, and far more than the
 * source usually sends there, or to any other peer, in an hour or in drips over a day. Clients receive more than they send, so the ratio
 * alone sets most of them aside; backups and shippers of logs send day after day. A peer that never answered got nothing: that is a
 * flood. Inside, where it may be gathered to be taken away (T1074.002), only bulk to a peer that never had any counts.
 */
public final class Exfiltration extends AbstractDetector<Sent> {
    public static final String ID = "exfiltration";

    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofDays(3);
    /** To a peer inside within a slice; less is not looked at. */
    private static final long BULK = 100_000;

    /** Within the window, time is told no finer than this. */
    private static final int STEPS = 12;

    private final ExfiltrationConfig config;

    public Exfiltration(ExfiltrationConfig config) {
        super(ID, Scope.SOURCE, Sent.class, MEMORY);
        this.config = config;
    }

    @Override
    public Step<Sent> step(@Nullable Sent state, Slice slice) {
        Sent before = state == null ? Sent.since(slice.startMs()) : state;
        List<Activity> out = slice.activities().stream().filter(this::concerns).toList();
        if (out.isEmpty()) {
            return new Step<>(before, List.of());
        }
        long windowMs = config.window().toMillis();
        Sent sent = before.at(slice.endMs(), windowMs);
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : out) {
            String peer = activity.destination().key();
            Spread bytes = Spread.of(activity, activity.bytesSent(), Span::bytesSent);
            Spread received = Spread.of(activity, activity.bytesReceived(), Span::bytesReceived);
            boolean isOutside = Outside.is(activity);
            sent.makeRoom(peer, isOutside);
            Sent.Day day = Sent.Day.plus(sent.days().get(peer), slice.startMs(), isOutside, bytes, received);
            sent.days().put(peer, day);
            Rates.Edge edge = sent.burst().add(peer, slice.startMs(), bytes, windowMs, windowMs / STEPS);
            Much much =
                    isOutside ? outside(sent, peer, day, edge, slice.endMs()) : inside(sent, day, edge, slice.endMs());
            if (much != null && day.sent() >= config.ratio() * day.received()) {
                sent.burst().report(peer, slice.endMs());
                sent.days().put(peer, reported(day));
                findings.add(finding(activity, peer, much));
            }
        }
        return new Step<>(sent, findings);
    }

    /**
     * What is too much.
     *
     * @param impact were it taken by somebody who must not have it
     * @param least confidence
     * @param elsewhere usual for the source and another peer
     */
    private record Much(
            Severity impact,
            double least,
            double bytes,
            double threshold,
            double usual,
            double elsewhere,
            long sinceMs,
            String within) {}

    private @Nullable Much outside(Sent sent, String peer, Sent.Day day, Rates.Edge edge, long nowMs) {
        double elsewhere = sent.usualElsewhere(peer, false, config.ratio(), nowMs);
        double burst = Math.max(elsewhere, edge.threshold(config.bytes(), config.timesUsual()));
        if (edge.count() >= burst) {
            long since = Math.max(edge.sinceMs(), nowMs - config.window().toMillis());
            return new Much(
                    Severity.CRITICAL, 0.65, edge.count(), burst, edge.usual(), elsewhere, since, withinTheWindow());
        }
        elsewhere = sent.usualElsewhere(peer, true, config.ratio(), nowMs);
        double drip = Math.max(elsewhere, Math.max(config.dripBytes(), config.timesUsual() * day.usual()));
        return day.sent() < drip
                ? null
                : new Much(
                        Severity.CRITICAL,
                        0.65,
                        day.sent(),
                        drip,
                        day.usual(),
                        elsewhere,
                        day.sinceMs(),
                        "within a day");
    }

    /** Much data stays inside day after day; what a workload never did for a day and then does is told. */
    private @Nullable Much inside(Sent sent, Sent.Day day, Rates.Edge edge, long nowMs) {
        double threshold = edge.threshold(config.insideBytes(), config.timesUsual());
        boolean isNew = day.usual() <= 0 && day.sinceMs() - sent.sinceMs() >= Sent.DAY_MS;
        long since = Math.max(edge.sinceMs(), nowMs - config.window().toMillis());
        return isNew && edge.count() >= threshold
                ? new Much(Severity.HIGH, 0.5, edge.count(), threshold, edge.usual(), 0, since, withinTheWindow())
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
        return answered && !dns && (Outside.is(activity) || isBulk(activity));
    }

    private boolean isBulk(Activity activity) {
        long sent = scaled(activity.bytesSent(), activity);
        return sent >= BULK && sent >= config.ratio() * scaled(activity.bytesReceived(), activity);
    }

    private static long scaled(@Nullable Long bytes, Activity activity) {
        return bytes == null ? 0 : bytes * activity.sampling();
    }

    private static Sent.Day reported(Sent.Day day) {
        return new Sent.Day(day.sinceMs(), day.outside(), day.sent(), day.received(), day.usual(), true);
    }

    private Finding finding(Activity activity, String peer, Much much) {
        String who = activity.source().display();
        String whom = activity.destination().display();
        double over = Math.min(1, (much.bytes() - much.threshold()) / (4 * much.threshold()));
        return Findings.of(this, activity)
                .subject(peer)
                .category("exfiltration")
                .impact(much.impact())
                .confidence(much.least() + 0.25 * over)
                .title(who + " sends much data to " + whom)
                .summary(who + " sent " + megabytes(much.bytes()) + " MB to " + whom + " " + much.within()
                        + ", at least " + Math.round(config.ratio()) + " times what it received; usual for the two are "
                        + megabytes(much.usual()) + " MB, and " + megabytes(much.threshold()) + " make a finding.")
                .techniques("T1041", "T1048")
                .since(much.sinceMs())
                .observed("bytes_sent", much.bytes())
                .expected("bytes_sent_below", much.threshold())
                .expected("bytes_sent_usual", much.usual())
                .expected("bytes_sent_usual_elsewhere", much.elsewhere())
                .build();
    }

    private static String megabytes(double bytes) {
        return Long.toString(Math.round(bytes / 1e6));
    }
}
