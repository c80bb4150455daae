package dev.weir.standalone;

import dev.weir.analytics.Limit;
import dev.weir.common.Backoff;
import dev.weir.common.Worker;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the limits that the job in this process reaches: once a minute, as a metric and as a warning in the log that
 * says how many records each limit left out since the one before.
 */
final class JobLimits implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobLimits.class);
    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final Supplier<? extends Map<Limit, Long>> counts;
    private final Counter limited;
    private final Map<Limit, Long> known = new EnumMap<>(Limit.class);
    private final Worker looking;

    /**
     * Creates a view of limits, which looks at them once it is started.
     *
     * @param counts returns the counts of the limits since the start of the job's tasks
     */
    JobLimits(Supplier<? extends Map<Limit, Long>> counts, CollectorRegistry registry) {
        this.counts = counts;
        this.limited = Counter.build(
                        "weir_analytics_limited_total",
                        "Records, entries and alerts that were evicted, refused, folded, shared or late because of a limit of the job in this process, by the limit's metric in docs/reference/metrics.md; counted once a minute.")
                .labelNames("limit")
                .register(registry);
        this.looking = new Worker(
                        "job-limits",
                        () -> {
                            look();
                            return PERIOD;
                        },
                        Backoff.constant(PERIOD),
                        (failure, pause) -> LOG.warn("the limits of the job cannot be read", failure))
                .startingAfter(PERIOD);
    }

    void start() {
        looking.start();
    }

    /** Adds the records that were left out since the last look. */
    void look() {
        counts.get().forEach((limit, count) -> {
            long before = known.getOrDefault(limit, 0L);
            known.put(limit, count);
            // After a restart its tasks count from nothing.
            long more = count < before ? count : count - before;
            if (more > 0) {
                limited.labels(limit.metric()).inc(more);
                LOG.warn("limit reached: {}", limit.describe(more));
            }
        });
    }

    @Override
    public void close() {
        looking.close();
    }
}
