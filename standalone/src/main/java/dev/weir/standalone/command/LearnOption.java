package dev.weir.standalone.command;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.Durations;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How long runs over recorded flows learn. */
public final class LearnOption {
    @Option(
            names = "--learn",
            paramLabel = "DURATION",
            description = "Time for which edges are learned before new ones raise alerts. Default: 24h")
    private @Nullable String learn;

    /** The defaults for flows of any time, with that. */
    public AnalyticsConfig config() {
        AnalyticsConfig config = AnalyticsConfig.defaults().atAnyTime();
        try {
            return learn == null ? config : config.learning(Durations.parse(learn));
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--learn: " + e.getMessage());
        }
    }
}
