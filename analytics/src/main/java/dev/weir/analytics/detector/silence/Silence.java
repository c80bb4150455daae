package dev.weir.analytics.detector.silence;

import dev.weir.analytics.Finding;
import dev.weir.analytics.Visibility;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Slice;
import dev.weir.common.Millis;
import dev.weir.model.Activity;
import dev.weir.model.Outside;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports an edge that is used all the time and has stopped (ATT&amp;CK T1489, T1562): a service that went down, or an
 * agent that was switched off. The silence is compared with the edge's own longest silence. An edge that is used at
 * some hours of the day is compared with these hours on the days on which it is used. An edge that is used now and then
 * is never reported.
 */
public final class Silence extends AbstractDetector<EdgeUseState> {
    public static final DetectorType<SilenceConfig> TYPE = DetectorType.of(
            new DetectorInfo("silence", "baseline", Severity.MEDIUM, List.of("T1489"), Set.of()),
            SilenceConfig.class,
            Silence::new);

    private static final long serialVersionUID = 1L;
    static final long STEP_MS = 300_000;
    private static final Duration MEMORY = Duration.ofDays(7);

    private final SilenceConfig config;

    public Silence(SilenceConfig config) {
        super(TYPE, DetectorScope.EDGE, EdgeUseState.class, MEMORY);
        this.config = config;
    }

    @Override
    public boolean wakes() {
        return true;
    }

    @Override
    public DetectorResult<EdgeUseState> step(@Nullable EdgeUseState state, Slice slice) {
        List<Activity> spoke = slice.activities().stream()
                .filter(each -> each.established() > 0 && each.outside() == Outside.NEITHER)
                .toList();
        if (spoke.isEmpty()) {
            return state == null ? DetectorResult.nothing() : idle(state, slice);
        }
        long bin = slice.startMs() - Math.floorMod(slice.startMs(), STEP_MS);
        if (state != null && state.lastMs() >= bin) {
            return new DetectorResult<>(state, List.of()).wakingAt(due(state));
        }
        EdgeUseState after = state == null
                ? first(spoke.get(0), bin, Visibility.of(spoke))
                : again(state, bin, Visibility.of(spoke));
        return new DetectorResult<>(after, List.of()).wakingAt(due(after));
    }

    private static EdgeUseState first(Activity one, long bin, Visibility visibility) {
        return new EdgeUseState(
                one.cluster(),
                one.source().withoutPod(),
                one.destination().withoutPod(),
                one.port(),
                bin,
                bin,
                1,
                0,
                0,
                visibility,
                DaySeason.NONE);
    }

    private EdgeUseState again(EdgeUseState before, long bin, Visibility visibility) {
        boolean wasReported = before.reportedMs() == before.lastMs();
        long silent = bin - before.lastMs() - STEP_MS;
        DaySeason season = wasReported
                ? before.season()
                : before.season().silent(before.lastMs() + STEP_MS, bin, config.activeShare());
        return new EdgeUseState(
                before.cluster(),
                before.source(),
                before.destination(),
                before.port(),
                before.sinceMs(),
                bin,
                before.active() + 1,
                wasReported ? before.longestMs() : Math.max(before.longestMs(), silent),
                0,
                visibility,
                bin - before.sinceMs() < Millis.DAY ? season : season.used(bin));
    }

    /** The time at which the edge counts as silent; null as long as too little is known of it. */
    private @Nullable Long due(EdgeUseState use) {
        if (use.lastMs() - use.sinceMs() < config.learn().toMillis()) {
            return null;
        }
        long silentFrom = use.lastMs() + STEP_MS;
        long due = silentFrom + patienceMs(use);
        boolean isUsedThen = isAlwaysUsed(use)
                || use.season().isLearned() && use.season().isSteady(silentFrom, due, config.activeShare());
        return isUsedThen ? due : null;
    }

    private boolean isAlwaysUsed(EdgeUseState use) {
        long steps = (use.lastMs() - use.sinceMs()) / STEP_MS + 1;
        return use.active() >= config.activeShare() * steps;
    }

    private long longestMs(EdgeUseState use) {
        return isAlwaysUsed(use) ? use.longestMs() : use.season().longestMs();
    }

    private long patienceMs(EdgeUseState use) {
        return (long) Math.max(config.least().toMillis(), config.timesLongest() * longestMs(use));
    }

    private DetectorResult<EdgeUseState> idle(EdgeUseState use, Slice slice) {
        Long due = due(use);
        if (due == null || slice.endMs() < due || use.reportedMs() == use.lastMs()) {
            return new DetectorResult<>(use, List.of());
        }
        return new DetectorResult<>(use.reported(), List.of(finding(use, slice.endMs())));
    }

    private Finding finding(EdgeUseState use, long nowMs) {
        String sourceName = use.source().display();
        String destinationName = use.destination().display() + (use.port() == null ? "" : " port " + use.port());
        long silent = (nowMs - use.lastMs() - STEP_MS) / Millis.MINUTE;
        long steps = (use.lastMs() - use.sinceMs()) / STEP_MS + 1;
        return Findings.about(this, use.source(), use.cluster(), use.lastMs(), nowMs - 1)
                .destination(use.destination())
                .seen(use.visibility())
                .subject(use.destination().key() + "|" + use.port())
                .count(1)
                .confidence(0.6)
                .title(sourceName + " no longer connects to " + destinationName)
                .summary(sourceName + " has not spoken to " + destinationName + " for " + silent
                        + " minutes. Before, it did in "
                        + Math.round(100.0 * use.active() / steps)
                        + " % of all five minutes, and was never silent for more than "
                        + longestMs(use) / Millis.MINUTE + " minutes"
                        + (isAlwaysUsed(use) ? "." : " in the hours of the day in which it always does."))
                .observed("silent_min", silent)
                .expected("silent_min_below", patienceMs(use) / (double) Millis.MINUTE)
                .expected("silent_min_longest", longestMs(use) / (double) Millis.MINUTE)
                .build();
    }
}
