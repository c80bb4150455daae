package dev.weir.analytics.detector.c2channel;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Pings;
import dev.weir.analytics.detector.Slice;
import dev.weir.model.Activity;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reports a channel in pings (ATT&amp;CK T1095). The answer to a ping repeats the request (RFC 792), so that requests
 * and answers are as many and as large; in a tunnel each side sends what it has to say. What lost requests may explain
 * does not count.
 */
final class PingTunnel extends AbstractDetector<Echoes> {
    private static final long serialVersionUID = 1L;
    private static final Duration WINDOW = Duration.ofMinutes(10);

    /** The least number of answers within the window. */
    private static final int ANSWERS = 30;

    /** The least share of the bytes of one side that the other side did not repeat. */
    private static final double DIFFERS = 0.05;

    /** The largest packet of most networks; a request that was lost explains a difference of as much. */
    private static final long LARGEST = 1_500;

    /**
     * The share of answers beyond one for each request; there is none in pings, but for those at the ends of the time.
     */
    private static final double SURPLUS = 0.01;

    private static final long LEAST_SURPLUS = 5;

    private static final double CONFIDENCE = 0.75;

    /** The confidence when half of either side is not in the other. */
    private static final double MOST_CONFIDENCE = 0.9;

    PingTunnel() {
        super(C2Channel.TYPE, DetectorScope.EDGE, Echoes.class, WINDOW);
    }

    @Override
    public boolean concerns(Activity activity) {
        return Pings.isPing(activity)
                && activity.established() > 0
                && activity.sampling() == 1
                && activity.lostPercent() == 0
                && !activity.outside().isSource();
    }

    @Override
    public DetectorResult<Echoes> step(@Nullable Echoes state, Slice slice) {
        List<Activity> pings =
                slice.activities().stream().filter(this::concerns).toList();
        if (state == null && pings.isEmpty()) {
            return DetectorResult.nothing();
        }
        boolean isOver = state != null && slice.endMs() - state.sinceMs() > WINDOW.toMillis();
        Echoes echoes = state == null || isOver ? Echoes.since(slice.beganMs()) : state;
        for (Activity each : pings) {
            echoes = echoes.plus(each);
        }
        boolean isTunnel = echoes.answered() >= ANSWERS && (hasSurplus(echoes) || difference(echoes) >= DIFFERS);
        return new DetectorResult<>(
                echoes, pings.isEmpty() || !isTunnel ? List.of() : List.of(finding(pings, echoes, difference(echoes))));
    }

    private static boolean hasSurplus(Echoes echoes) {
        return echoes.answered() - echoes.asked() >= LEAST_SURPLUS + SURPLUS * echoes.asked();
    }

    /** The share of the bytes that one side sent and the other did not repeat, beyond what lost requests explain. */
    private static double difference(Echoes echoes) {
        long lost = Math.max(0, echoes.asked() - echoes.answered());
        double differs = Math.abs(echoes.bytesAsked() - echoes.bytesAnswered()) - LARGEST * (double) lost;
        return Math.max(0, differs) / Math.max(1, Math.max(echoes.bytesAsked(), echoes.bytesAnswered()));
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
                .expected("answers_below", echoes.asked() + LEAST_SURPLUS + SURPLUS * echoes.asked())
                .build();
    }
}
