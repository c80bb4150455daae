package dev.weir.analytics.operator;

import dev.weir.analytics.correlate.Precision;
import dev.weir.model.Feedback;
import java.util.Collection;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;

/** Gauges of the alerts that people decided to be expected, and not to be, by detector. */
final class PrecisionMetrics {
    private final MetricGroup metrics;
    private final Precision precision = new Precision();

    /** True once the decisions from before this task began are counted. */
    private boolean isLoaded;

    PrecisionMetrics(MetricGroup metrics) {
        this.metrics = metrics;
    }

    /** Counts all decisions, at the first call only. */
    void load(Collection<Feedback> all) {
        if (!isLoaded) {
            isLoaded = true;
            all.forEach(each -> count(null, each));
        }
    }

    /**
     * Counts a decision in the place of another of the same id.
     *
     * @param before null if there was none
     * @param after null if it was undone
     * @param all the decisions after the change
     */
    void replace(@Nullable Feedback before, @Nullable Feedback after, Collection<Feedback> all) {
        if (isLoaded) {
            count(before, after);
        } else {
            load(all);
        }
    }

    private void count(@Nullable Feedback before, @Nullable Feedback after) {
        String detector = precision.replace(before, after);
        if (detector != null) {
            MetricGroup group = metrics.addGroup("detector", detector);
            group.gauge("alerts_not_expected", () -> precision.notExpected(detector));
            group.gauge("alerts_expected", () -> precision.expected(detector));
            group.gauge("precision", () -> precision.of(detector));
        }
    }
}
