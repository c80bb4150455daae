package dev.weir.policy.lint;

import dev.weir.common.manifest.Problem;

/** One thing found, and where. */
public record Finding(Lint lint, Problem problem) {

    public Level level() {
        return lint.level();
    }

    /** How much it matters, the most first. */
    public enum Level {
        /** The API server would refuse it, or nobody defines what it means. */
        ERROR,
        /** Legal, but hardly meant. */
        WARNING,
        /** Worth a look. */
        NOTE
    }
}
