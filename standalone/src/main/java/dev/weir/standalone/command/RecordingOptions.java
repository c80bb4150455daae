package dev.weir.standalone.command;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.Durations;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of runs of the job over recorded flows. */
public final class RecordingOptions {
    @Option(
            names = "--learn",
            paramLabel = "DURATION",
            description =
                    "Time for which edges are learned before new ones raise alerts. Default: 24h; weir analyze takes a third of"
                            + " a recording of less than three days, 10m at least, for edges, volumes inside and regular contact outside.")
    private @Nullable String learn;

    @Option(
            names = "--inside",
            paramLabel = "BLOCK",
            split = ",",
            description =
                    "Blocks of addresses inside the cluster's networks. Default: private addresses; a destination in another"
                            + " block of RFC 1918 than its source is outside.")
    private List<String> inside = List.of();

    /** The share of a recording that edges inside are learned for, if it is shorter than a few days. */
    private static final int SHARE = 3;

    private static final Duration LEAST = Duration.ofMinutes(10);

    /** True if a time is given. */
    public boolean isGiven() {
        return learn != null;
    }

    /**
     * The configuration for a recording. Without a given time, edges inside are learned for a third of a recording of
     * less than three days, and for ten minutes at least.
     *
     * @param span of the recording; null if it is not known
     */
    public AnalyticsConfig config(@Nullable Duration span) {
        AnalyticsConfig config = config();
        if (isGiven() || span == null) {
            return config;
        }
        Duration share = span.dividedBy(SHARE).truncatedTo(ChronoUnit.SECONDS);
        return config.learningAtMost(share.compareTo(LEAST) < 0 ? LEAST : share);
    }

    /** The default configuration for flows of any time, with this learning time. */
    public AnalyticsConfig config() {
        AnalyticsConfig config = inside().atAnyTime();
        try {
            return learn == null ? config : config.learning(Durations.parse(learn));
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--learn: " + e.getMessage());
        }
    }

    private AnalyticsConfig inside() {
        try {
            return AnalyticsConfig.defaults().withInside(inside);
        } catch (ConfigException e) {
            throw new ConfigException("--" + e.getMessage());
        }
    }
}
