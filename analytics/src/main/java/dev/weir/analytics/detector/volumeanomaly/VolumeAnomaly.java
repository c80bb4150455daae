package dev.weir.analytics.detector.volumeanomaly;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Eviction;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Spread;
import dev.weir.common.Millis;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Severity;
import dev.weir.model.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports a volume that an edge, or a workload over all its edges, never had: more in five minutes than ever, more
 * variation than ever, or much at an hour of the day, or on a day of the week, that never had any. {@link Series} finds
 * anomalies; here it must exceed a floor and a margin, since every edge that is watched for long breaks its own records
 * now and then, mostly without consequence. A workload's volume of which one edge has most is not reported, since the
 * edge's is.
 */
public final class VolumeAnomaly extends AbstractDetector<Volume> {
    public static final DetectorType<VolumeAnomalyConfig> TYPE = DetectorType.ofSeveral(
            new DetectorInfo("volume-anomaly", "baseline", Severity.MEDIUM, List.of(), Set.of()),
            VolumeAnomalyConfig.class,
            (config, threats) -> List.of(ofEdges(config), ofWorkloads(config)));

    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofDays(7);
    /**
     * The most steps without traffic that count as zero, as many as a weekend has; after a longer gap the series begins
     * anew.
     */
    private static final int MAX_GAP = 4 * 288;

    private static final int MAX_EDGES = 64;
    private static final long STEP_SLICES = Series.STEP_MS / Activity.SLICE_MS;

    private final VolumeAnomalyConfig config;

    private VolumeAnomaly(DetectorScope scope, VolumeAnomalyConfig config) {
        super(TYPE, scope, Volume.class, MEMORY);
        this.config = config;
    }

    public static VolumeAnomaly ofEdges(VolumeAnomalyConfig config) {
        return new VolumeAnomaly(DetectorScope.EDGE, config);
    }

    public static VolumeAnomaly ofWorkloads(VolumeAnomalyConfig config) {
        return new VolumeAnomaly(DetectorScope.SOURCE, config);
    }

    /**
     * True if the activity carries volume. A TCP connection that was never made carries none, however many ports are
     * tried.
     */
    @Override
    public boolean concerns(Activity activity) {
        boolean isOurs = scope() == DetectorScope.EDGE || activity.source().workload() != null;
        return isOurs && (activity.established() > 0 || !activity.protocol().equals("TCP"));
    }

    @Override
    public DetectorResult<Volume> step(@Nullable Volume state, Slice slice) {
        long step = slice.startMs() - Math.floorMod(slice.startMs(), Series.STEP_MS);
        Volume same = state != null && step <= state.stepMs() ? state : null;
        Map<String, Long> byEdge = same == null ? new HashMap<>() : new HashMap<>(same.byEdge());
        Spread all = Spread.whole(0);
        for (Activity activity : slice.activities()) {
            Spread both = concerns(activity) ? counted(activity) : Spread.whole(0);
            long counted = both.within(STEP_SLICES);
            all.plus(both);
            if (counted > 0 && scope() == DetectorScope.SOURCE) {
                String edge = activity.destination().key() + "|" + activity.port();
                Eviction.makeRoom(byEdge, edge, MAX_EDGES, each -> each);
                byEdge.merge(edge, counted, Long::sum);
            }
        }
        long bytes = all.within(STEP_SLICES);
        if (bytes == 0) {
            return state == null ? DetectorResult.nothing() : new DetectorResult<>(state, List.of());
        }
        if (state == null || step - state.stepMs() > MAX_GAP * Series.STEP_MS) {
            return new DetectorResult<>(new Volume(step, step, bytes, byEdge, Series.empty()), List.of());
        }
        if (same != null) {
            Volume more = new Volume(same.sinceMs(), same.stepMs(), same.bytes() + bytes, byEdge, same.series());
            return new DetectorResult<>(more, List.of());
        }
        List<Finding> findings = new ArrayList<>();
        Volume over = state.with(state.bytes() + before(all, step - state.stepMs()));
        while (over.stepMs() < step) {
            Series.Next next = over.series().plus(over.stepMs(), over.bytes());
            Series.Anomaly anomaly = next.anomaly();
            if (anomaly != null && findings.isEmpty() && isWorth(anomaly, over)) {
                findings.add(finding(slice.activities(), anomaly, over));
            }
            long after = over.stepMs() + Series.STEP_MS;
            over = new Volume(state.sinceMs(), after, before(all, step - after), byEdge, next.series());
        }
        return new DetectorResult<>(over, findings);
    }

    /**
     * The bytes both ways as they were counted, without the sampling factor: with it a single flow would count as many,
     * and the series would be no steadier. The bytes of a flow that lasted no longer than a step belong to the step in
     * which it ended.
     */
    private static Spread counted(Activity activity) {
        return Spread.counted(activity, activity.bytesSent(), Span::bytesSent)
                .plus(Spread.counted(activity, activity.bytesReceived(), Span::bytesReceived));
    }

    /** The part of the bytes that ended in this step and belongs to the step that began {@code ms} earlier. */
    private static long before(Spread all, long ms) {
        long slices = ms / Activity.SLICE_MS;
        return all.within(slices + STEP_SLICES) - all.within(slices);
    }

    private boolean isWorth(Series.Anomaly anomaly, Volume over) {
        boolean learned = over.stepMs() - over.sinceMs() >= config.learn().toMillis();
        return learned
                && over.bytes() >= config.bytes()
                && anomaly.kind() != Series.Kind.LOW
                && anomaly.kind() != Series.Kind.SEASON_LOW
                && anomaly.excess() >= config.excess()
                && !over.isOfOneEdge();
    }

    private Finding finding(List<Activity> activities, Series.Anomaly anomaly, Volume volume) {
        Activity one = activities.get(0);
        boolean isEdge = scope() == DetectorScope.EDGE;
        String sourceName = one.source().display();
        String destinationName = one.destination().display() + (one.port() == null ? "" : " port " + one.port());
        Findings finding = Findings.of(this, activities)
                .subject(isEdge ? one.destination().key() + "|" + one.protocol() + "|" + one.port() : "all")
                .confidence(Math.min(0.85, 0.5 + 0.1 * anomaly.excess()))
                .title("The volume "
                        + (isEdge ? "between " + sourceName + " and " + destinationName : "of " + sourceName)
                        + " is unusual")
                .summary(sourceName + (isEdge ? " and " + destinationName : " and all its peers") + " exchanged "
                        + megabytes(volume.bytes()) + " MB in five minutes: " + reason(anomaly)
                        + ". They have been watched for " + (volume.stepMs() - volume.sinceMs()) / Millis.HOUR
                        + " hours.")
                .since(volume.stepMs())
                .observed("bytes_in_5min", volume.bytes())
                .observed("excess", Math.round(anomaly.excess() * 100) / 100.0)
                .expected("excess_below", config.excess())
                .expected("limit", anomaly.limit());
        return (isEdge ? finding : finding.destination(Entity.unnamed())).build();
    }

    private static String reason(Series.Anomaly anomaly) {
        return switch (anomaly.kind()) {
            case HIGH -> "more than ever, and more than " + megabytes(anomaly.limit()) + " MB would be unusual";
            case LOW -> "less than ever";
            case SPREAD -> "it has not gone up and down so much in any nine hours before";
            case HOUR -> "there was no traffic at this hour of the day before";
            case WEEKDAY -> "there was no traffic on this day of the week before";
            case SEASON_HIGH ->
                "more than ever at this hour of the day, and more than " + megabytes(anomaly.limit())
                        + " MB would be unusual";
            case SEASON_LOW -> "less than ever at this hour of the day";
            case OFF -> "it is steady, and should not be beyond " + megabytes(anomaly.limit()) + " MB";
        };
    }

    private static String megabytes(double bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / 1e6);
    }
}
