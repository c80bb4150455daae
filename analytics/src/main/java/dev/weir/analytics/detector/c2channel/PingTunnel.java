package dev.weir.analytics.detector.c2channel;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Slice;
import dev.weir.model.Activity;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reports a channel in pings (ATT&amp;CK T1095). The answer to a ping repeats the request (RFC 792), so that requests and
 * answers are as many and as large; in a tunnel each side sends what it has to say. Lost requests leave both sizes as
 * they are, unless they differ in size, so that pings of which many were lost say nothing.
 */
final class PingTunnel extends AbstractDetector<Echoes> {
    private static final long serialVersionUID = 1L;
    private static final Duration WINDOW = Duration.ofMinutes(10);

    /** The least number of answers within the window. */
    private static final int ANSWERS = 30;

    /** The share by which sizes, or numbers, of requests and answers differ at least. */
    private static final double DIFFERS = 0.05;

    private static final double CONFIDENCE = 0.75;

    /** The confidence when half of either side is not in the other. */
    private static final double MOST_CONFIDENCE = 0.9;

    PingTunnel() {
        super(C2Channel.TYPE, DetectorScope.EDGE, Echoes.class, WINDOW);
    }

    @Override
    public boolean concerns(Activity activity) {
        return activity.protocol().startsWith("ICMP")
                && activity.established() > 0
                && activity.sampling() == 1
                && activity.lostPercent() == 0
                && !activity.outside().isSource();
    }

    @Override
    public DetectorResult<Echoes> step(@Nullable Echoes state, Slice slice) {
        List<Activity> pings =
                slice.activities().stream().filter(this::concerns).toList();
        boolean isOver = state != null && slice.endMs() - state.sinceMs() > WINDOW.toMillis();
        Echoes echoes = state == null || isOver ? Echoes.since(slice.beganMs()) : state;
        for (Activity each : pings) {
            echoes = echoes.plus(each);
        }
        double differs = difference(echoes);
        return new DetectorResult<>(
                echoes,
                pings.isEmpty() || echoes.answered() < ANSWERS || differs < DIFFERS
                        ? List.of()
                        : List.of(finding(pings, echoes, differs)));
    }

    /** The share by which requests and answers differ in size or number; 0 if too many requests were lost to say. */
    private static double difference(Echoes echoes) {
        double answered = echoes.answered() / Math.max(1.0, echoes.asked());
        if (answered < 1 - DIFFERS) {
            return 0;
        }
        double larger = Math.max(echoes.sizeAsked(), echoes.sizeAnswered());
        double bySize = Math.abs(echoes.sizeAsked() - echoes.sizeAnswered()) / Math.max(1, larger);
        return Math.max(bySize, answered - 1);
    }

    private Finding finding(List<Activity> pings, Echoes echoes, double differs) {
        Activity one = pings.get(0);
        String sourceName = one.source().display();
        String destinationName = one.destination().display();
        return Findings.of(this, pings)
                .techniques("T1095")
                .subject("ping|" + one.destination().key())
                .confidence(CONFIDENCE + (MOST_CONFIDENCE - CONFIDENCE) * Math.min(1, 2 * differs))
                .title(sourceName + " exchanges data with " + destinationName + " in pings")
                .summary(String.format(
                        Locale.ROOT,
                        "%s sent %d pings of %.0f bytes on average to %s and got %d answers of %.0f bytes. An answer repeats"
                                + " its ping, unless a tunnel sends data in both.",
                        sourceName,
                        echoes.asked(),
                        echoes.sizeAsked(),
                        destinationName,
                        echoes.answered(),
                        echoes.sizeAnswered()))
                .since(echoes.sinceMs())
                .observed("pings", echoes.asked())
                .observed("answers", echoes.answered())
                .observed("bytes_sent", echoes.bytesAsked())
                .observed("bytes_received", echoes.bytesAnswered())
                .expected("difference_below", DIFFERS)
                .build();
    }
}
