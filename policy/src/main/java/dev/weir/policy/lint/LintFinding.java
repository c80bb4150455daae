package dev.weir.policy.lint;

import dev.weir.common.manifest.Problem;
import java.util.Locale;

/** One remark of the linter, with its place. */
public record LintFinding(Lint lint, Problem problem) {

    public Level level() {
        return lint.level();
    }

    /** The importance of a lint, in descending order. */
    public enum Level {
        /** The API server would refuse the policy, or its meaning is not defined. */
        ERROR,
        /** The policy is legal, but hardly meant. */
        WARNING,
        /** The policy is worth a look. */
        NOTE;

        /** The id in JSON and SARIF. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
