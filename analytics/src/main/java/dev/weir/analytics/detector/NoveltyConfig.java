package dev.weir.analytics.detector;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a detector that learns a workload's baseline and reports members that are new to it.
 *
 * @param learn the least time for which a workload is learned, in event time
 * @param stableUnseen the most unseen members to expect in another such time for a baseline to be stable
 * @param watchingUnseen the same for a baseline to be watching
 * @param growFor how long an alert's count grows with each slice; afterwards it is reported once a window, until a
 *     person decides
 * @param maxMembers the most members remembered for one workload; beyond it the one unused for longest is removed
 */
public record NoveltyConfig(
        Duration learn, Double stableUnseen, Double watchingUnseen, Duration growFor, Integer maxMembers)
        implements LearningConfig, Serializable {
    private static final long serialVersionUID = 1L;

    public NoveltyConfig(
            @Nullable Duration learn,
            @Nullable Double stableUnseen,
            @Nullable Double watchingUnseen,
            @Nullable Duration growFor,
            @Nullable Integer maxMembers) {
        this.learn = learn == null ? Duration.ofHours(24) : learn;
        this.stableUnseen = stableUnseen == null ? 0.5 : stableUnseen;
        this.watchingUnseen = watchingUnseen == null ? 0.25 : watchingUnseen;
        this.growFor = growFor == null ? Duration.ofHours(1) : growFor;
        this.maxMembers = maxMembers == null ? 2_000 : maxMembers;
    }

    public static NoveltyConfig defaults() {
        return new NoveltyConfig(null, null, null, null, null);
    }

    @Override
    public NoveltyConfig learning(Duration other) {
        return new NoveltyConfig(other, stableUnseen, watchingUnseen, growFor, maxMembers);
    }
}
