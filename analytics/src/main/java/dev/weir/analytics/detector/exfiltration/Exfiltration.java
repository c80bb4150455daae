package dev.weir.analytics.detector.exfiltration;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.Bounds;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Outside;
import dev.weir.analytics.detector.Rates;
import dev.weir.analytics.detector.Scope;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Step;
import dev.weir.model.Activity;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Data that leaves (ATT&amp;CK T1041, T1048, T1567): far more is sent to a peer outside than comes back, and far more than the
 * source usually sends there, in an hour or in drips over a day. Clients receive more than they send, so the ratio alone
 * sets most of them aside; backups and shippers of logs send to the same peer day after day. A peer that never answered got
 * nothing: that is a flood.
 */
public final class Exfiltration extends AbstractDetector<Sent> {
    public static final String ID = "exfiltration";

    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofDays(3);
    private static final long DAY_MS = 86_400_000;
    private static final int MAX_PEERS = 128;
    /** Within the window, time is told no finer than this. */
    private static final int STEPS = 12;

    private final ExfiltrationConfig config;

    public Exfiltration(ExfiltrationConfig config) {
        super(ID, Scope.SOURCE, Sent.class, MEMORY);
        this.config = config;
    }

    @Override
    public Step<Sent> step(@Nullable Sent state, Slice slice) {
        Sent before = state == null ? Sent.nothing() : state;
        List<Activity> out = slice.activities().stream().filter(this::concerns).toList();
        if (out.isEmpty()) {
            return new Step<>(before, List.of());
        }
        long windowMs = config.window().toMillis();
        Rates burst = before.burst().at(slice.endMs(), windowMs);
        Map<String, Sent.Day> days = new HashMap<>(before.days());
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : out) {
            String peer = activity.destination().key();
            long sent = scaled(activity.bytesSent(), activity);
            long received = scaled(activity.bytesReceived(), activity);
            Bounds.makeRoom(days, peer, MAX_PEERS, day -> day.sent() + day.usual());
            Sent.Day day =
                    days.merge(peer, new Sent.Day(slice.startMs(), sent, received, 0, false), Exfiltration::plus);
            long step = slice.startMs() - Math.floorMod(slice.startMs(), windowMs / STEPS);
            Rates.Edge edge = burst.add(peer, step, sent);
            boolean isOneWay = day.sent() >= config.ratio() * day.received();
            if (isOneWay && edge.count() >= edge.threshold(config.bytes(), config.timesUsual())) {
                burst.report(peer, slice.endMs());
                findings.add(finding(
                        activity,
                        peer,
                        edge.count(),
                        edge.threshold(config.bytes(), config.timesUsual()),
                        edge.usual(),
                        Math.max(edge.sinceMs(), slice.endMs() - windowMs),
                        "within " + config.window().toMinutes() + " minutes"));
                days.put(peer, reported(day));
            } else if (isOneWay && day.sent() >= Math.max(config.dripBytes(), config.timesUsual() * day.usual())) {
                findings.add(finding(
                        activity,
                        peer,
                        day.sent(),
                        Math.max(config.dripBytes(), config.timesUsual() * day.usual()),
                        day.usual(),
                        day.sinceMs(),
                        "within a day"));
                days.put(peer, reported(day));
            }
        }
        return new Step<>(new Sent(burst, days), findings);
    }

    @Override
    public boolean concerns(Activity activity) {
        boolean udp = activity.protocol().equals("UDP");
        Long received = activity.bytesReceived();
        boolean answered = activity.established() > 0 && received != null && received > 0;
        boolean dns = activity.port() != null && activity.port() == 53 && udp;
        return answered && !dns && Outside.is(activity);
    }

    private static long scaled(@Nullable Long bytes, Activity activity) {
        return bytes == null ? 0 : bytes * activity.sampling();
    }

    /** A day that is over becomes what is usual, unless it was reported. */
    private static Sent.Day plus(Sent.Day day, Sent.Day more) {
        if (more.sinceMs() - day.sinceMs() >= DAY_MS) {
            double faded = day.usual() * Math.pow(0.5, (more.sinceMs() - day.sinceMs()) / (7.0 * DAY_MS));
            double usual = day.reported() ? faded : Math.max(faded, day.sent());
            return new Sent.Day(more.sinceMs(), more.sent(), more.received(), usual, false);
        }
        return new Sent.Day(
                day.sinceMs(), day.sent() + more.sent(), day.received() + more.received(), day.usual(), day.reported());
    }

    private static Sent.Day reported(Sent.Day day) {
        return new Sent.Day(day.sinceMs(), day.sent(), day.received(), day.usual(), true);
    }

    private Finding finding(
            Activity activity, String peer, long bytes, double threshold, double usual, long since, String within) {
        String who = activity.source().display();
        String whom = activity.destination().display();
        double over = Math.min(1, (bytes - threshold) / (4.0 * threshold));
        return Findings.of(this, activity)
                .subject(peer)
                .category("exfiltration")
                .impact(Severity.CRITICAL)
                .confidence(0.65 + 0.25 * over)
                .title(who + " sends much data to " + whom)
                .summary(who + " sent " + megabytes(bytes) + " MB to " + whom + " " + within
                        + ", at least " + Math.round(config.ratio()) + " times what it received; usual for the two are "
                        + megabytes(Math.round(usual)) + " MB, and " + megabytes(Math.round(threshold))
                        + " make a finding.")
                .techniques("T1041", "T1048")
                .since(since)
                .observed("bytes_sent", bytes)
                .expected("bytes_sent_below", threshold)
                .expected("bytes_sent_usual", usual)
                .build();
    }

    private static String megabytes(long bytes) {
        return Long.toString(Math.round(bytes / 1e6));
    }
}
