package dev.weir.analytics.detector.volumeanomaly;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Scope;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Step;
import dev.weir.model.Activity;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A volume that an edge never had: more in five minutes than ever, more up and down than ever, or much at an hour of the day
 * that never had anything. {@link Series} tells; here it is held to a floor and a margin, since every edge that is watched
 * for long breaks its own records now and then, and most of them are of no consequence.
 */
public final class VolumeAnomaly extends AbstractDetector<Volume> {
    public static final String ID = "volume-anomaly";

    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofDays(7);
    /** Steps without anything that are counted one by one; what was silent for longer begins anew. */
    private static final int MAX_GAP = 2 * 288;

    private final VolumeAnomalyConfig config;

    public VolumeAnomaly(VolumeAnomalyConfig config) {
        super(ID, Scope.EDGE, Volume.class, MEMORY);
        this.config = config;
    }

    /** A connection that TCP never made carries nothing, however many ports are tried. */
    @Override
    public boolean concerns(Activity activity) {
        return activity.established() > 0 || !activity.protocol().equals("TCP");
    }

    @Override
    public Step<Volume> step(@Nullable Volume state, Slice slice) {
        long bytes = 0;
        for (Activity activity : slice.activities()) {
            bytes += concerns(activity) ? counted(activity.bytesSent()) + counted(activity.bytesReceived()) : 0;
        }
        if (bytes == 0) {
            return state == null ? Step.nothing() : new Step<>(state, List.of());
        }
        long step = slice.startMs() - Math.floorMod(slice.startMs(), Series.STEP_MS);
        if (state == null || step - state.stepMs() > MAX_GAP * Series.STEP_MS) {
            return new Step<>(new Volume(step, step, bytes, Series.empty()), List.of());
        }
        if (step <= state.stepMs()) {
            Volume more = new Volume(state.sinceMs(), state.stepMs(), state.bytes() + bytes, state.series());
            return new Step<>(more, List.of());
        }
        List<Finding> findings = new ArrayList<>();
        Series.Next next = state.series().plus(state.stepMs(), state.bytes());
        Series.News news = next.news();
        boolean learned = state.stepMs() - state.sinceMs() >= config.learn().toMillis();
        if (news != null && learned && isWorth(news, state.bytes())) {
            findings.add(finding(slice.activities(), news, state));
        }
        Series series = next.series();
        for (long gap = state.stepMs() + Series.STEP_MS; gap < step; gap += Series.STEP_MS) {
            series = series.plus(gap, 0).series();
        }
        return new Step<>(new Volume(state.sinceMs(), step, bytes, series), findings);
    }

    /** As it was counted: times the sampling rate, a single flow would be as many, and the series no steadier for it. */
    private static long counted(@Nullable Long bytes) {
        return bytes == null ? 0 : bytes;
    }

    private boolean isWorth(Series.News news, long bytes) {
        return bytes >= config.bytes() && news.kind() != Series.Kind.LOW && news.excess() >= config.excess();
    }

    private Finding finding(List<Activity> activities, Series.News news, Volume volume) {
        Activity one = activities.get(0);
        String who = one.source().display();
        String whom = one.destination().display() + (one.port() == null ? "" : " port " + one.port());
        return Findings.of(this, activities)
                .subject(one.destination().key() + "|" + one.protocol() + "|" + one.port())
                .category("baseline")
                .impact(Severity.MEDIUM)
                .confidence(Math.min(0.85, 0.5 + 0.1 * news.excess()))
                .title("The volume between " + who + " and " + whom + " is out of the ordinary")
                .summary(who + " and " + whom + " exchanged " + megabytes(volume.bytes()) + " MB in five minutes: "
                        + says(news) + ". They have been watched for "
                        + (volume.stepMs() - volume.sinceMs()) / 3_600_000 + " hours.")
                .since(volume.stepMs())
                .observed("bytes_in_5min", volume.bytes())
                .observed("excess", Math.round(news.excess() * 100) / 100.0)
                .expected("excess_below", config.excess())
                .expected("limit", news.limit())
                .build();
    }

    private static String says(Series.News news) {
        return switch (news.kind()) {
            case HIGH -> "more than ever, and more than " + megabytes(news.limit()) + " MB would be news";
            case LOW -> "less than ever";
            case SPREAD -> "it has not gone up and down so much in any nine hours before";
            case HOUR -> "at this hour of the day there never was anything";
            case OFF -> "it is steady, and should not be beyond " + megabytes(news.limit()) + " MB";
        };
    }

    private static String megabytes(double bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / 1e6);
    }
}
