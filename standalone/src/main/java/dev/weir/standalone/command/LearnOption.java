package dev.weir.standalone.command;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.Durations;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for the learning time of runs over recorded flows. */
public final class LearnOption {
    @Option(
            names = "--learn",
            paramLabel = "DURATION",
            description = "Time for which edges are learned before new ones raise alerts. Default: 24h")
    private @Nullable String learn;

    /** The default configuration for flows of any time, with this learning time. */
    public AnalyticsConfig config() {
        AnalyticsConfig config = AnalyticsConfig.defaults().atAnyTime();
        try {
            return learn == null ? config : config.learning(Durations.parse(learn));
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--learn: " + e.getMessage());
        }
    }
}
