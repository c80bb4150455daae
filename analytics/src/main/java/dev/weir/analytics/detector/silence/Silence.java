package dev.weir.analytics.detector.silence;

import dev.weir.analytics.Finding;
import dev.weir.analytics.Visibility;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Scope;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Step;
import dev.weir.model.Activity;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An edge that speaks all the time and has stopped (ATT&amp;CK T1489, T1562): a service that went down, or an agent that
 * somebody switched off. Held against its own longest silence; what speaks now and then is never silent.
 */
public final class Silence extends AbstractDetector<Spoken> {
    public static final String ID = "silence";

    private static final long serialVersionUID = 1L;
    private static final long STEP_MS = 300_000;
    private static final Duration MEMORY = Duration.ofDays(7);

    private final SilenceConfig config;

    public Silence(SilenceConfig config) {
        super(ID, Scope.EDGE, Spoken.class, MEMORY);
        this.config = config;
    }

    @Override
    public boolean wakes() {
        return true;
    }

    @Override
    public Step<Spoken> step(@Nullable Spoken state, Slice slice) {
        List<Activity> spoke = slice.activities().stream()
                .filter(each -> each.established() > 0
                        && !each.source().isExternal()
                        && !each.destination().isExternal())
                .toList();
        if (spoke.isEmpty()) {
            return state == null ? Step.nothing() : idle(state, slice);
        }
        long bin = slice.startMs() - Math.floorMod(slice.startMs(), STEP_MS);
        if (state != null && state.lastMs() >= bin) {
            return new Step<>(state, List.of()).wakingAt(due(state));
        }
        Spoken after = state == null
                ? first(spoke.get(0), bin, Visibility.of(spoke))
                : again(state, bin, Visibility.of(spoke));
        return new Step<>(after, List.of()).wakingAt(due(after));
    }

    private static Spoken first(Activity one, long bin, Visibility visibility) {
        return new Spoken(
                one.cluster(),
                one.source().withoutPod(),
                one.destination().withoutPod(),
                one.port(),
                bin,
                bin,
                1,
                0,
                0,
                visibility);
    }

    private static Spoken again(Spoken before, long bin, Visibility visibility) {
        boolean wasTold = before.toldMs() == before.lastMs();
        long silent = bin - before.lastMs() - STEP_MS;
        return new Spoken(
                before.cluster(),
                before.source(),
                before.destination(),
                before.port(),
                before.sinceMs(),
                bin,
                before.active() + 1,
                wasTold ? before.longestMs() : Math.max(before.longestMs(), silent),
                0,
                visibility);
    }

    /** When to look whether it is silent; null as long as too little is known of it. */
    private @Nullable Long due(Spoken spoken) {
        long watched = spoken.lastMs() - spoken.sinceMs();
        long steps = watched / STEP_MS + 1;
        boolean isSteady = watched >= config.learn().toMillis() && spoken.active() >= config.activeShare() * steps;
        return isSteady ? spoken.lastMs() + STEP_MS + patienceMs(spoken) : null;
    }

    private long patienceMs(Spoken spoken) {
        return (long) Math.max(config.least().toMillis(), config.timesLongest() * spoken.longestMs());
    }

    private Step<Spoken> idle(Spoken spoken, Slice slice) {
        Long due = due(spoken);
        if (due == null || slice.endMs() < due || spoken.toldMs() == spoken.lastMs()) {
            return new Step<>(spoken, List.of());
        }
        Spoken told = new Spoken(
                spoken.cluster(),
                spoken.source(),
                spoken.destination(),
                spoken.port(),
                spoken.sinceMs(),
                spoken.lastMs(),
                spoken.active(),
                spoken.longestMs(),
                spoken.lastMs(),
                spoken.visibility());
        return new Step<>(told, List.of(finding(spoken, slice.endMs())));
    }

    private Finding finding(Spoken spoken, long nowMs) {
        String who = spoken.source().display();
        String whom = spoken.destination().display() + (spoken.port() == null ? "" : " port " + spoken.port());
        long silent = (nowMs - spoken.lastMs() - STEP_MS) / 60_000;
        long steps = (spoken.lastMs() - spoken.sinceMs()) / STEP_MS + 1;
        return Findings.about(this, spoken.source(), spoken.cluster(), spoken.lastMs(), nowMs - 1)
                .destination(spoken.destination())
                .seen(spoken.visibility())
                .subject(spoken.destination().key() + "|" + spoken.port())
                .count(1)
                .category("baseline")
                .impact(Severity.MEDIUM)
                .confidence(0.6)
                .title(who + " has stopped speaking to " + whom)
                .summary(who + " has not spoken to " + whom + " for " + silent + " minutes. Before, it did in "
                        + Math.round(100.0 * spoken.active() / steps)
                        + " % of all five minutes, and was never silent for"
                        + " more than " + spoken.longestMs() / 60_000 + " minutes.")
                .techniques("T1489")
                .observed("silent_min", silent)
                .expected("silent_min_below", patienceMs(spoken) / 60_000.0)
                .expected("silent_min_longest", spoken.longestMs() / 60_000.0)
                .build();
    }
}
