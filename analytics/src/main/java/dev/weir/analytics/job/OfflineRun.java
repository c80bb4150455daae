package dev.weir.analytics.job;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.Limit;
import dev.weir.analytics.operator.ActivityPart;
import dev.weir.analytics.operator.ContextLoader;
import dev.weir.analytics.operator.RawFlow;
import dev.weir.model.Alert;
import dev.weir.model.Baseline;
import dev.weir.model.ContextChange;
import dev.weir.model.Feedback;
import dev.weir.model.Rejected;
import dev.weir.model.codec.ContextCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs the job graph on flows that end, in this JVM and without Kafka. */
public final class OfflineRun {
    /**
     * The result of a run.
     *
     * @param alerts the newest revision of each, by {@code first_seen_ms} and then id
     * @param leftOut the counts of the limits that were reached
     */
    public record Result(List<Alert> alerts, SortedMap<Limit, Long> leftOut) {}

    /** The most alerts in a result; those of the slices before have precedence. */
    static final int MAX_ALERTS = 10_000;

    private OfflineRun() {}

    /**
     * Runs the job to the end of the flows.
     *
     * @param flows values as of {@code weir.flows}, drawn one by one
     * @param context the context that the flows are judged by
     * @param rejected receives the flows that cannot be used, in another thread
     * @throws Exception when Flink fails
     */
    public static Result run(
            Iterator<byte[]> flows, List<ContextChange> context, AnalyticsConfig config, Consumer<Rejected> rejected)
            throws Exception {
        NewestAlerts alerts = new NewestAlerts();
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, FlinkSettings.bounded());
        AnalyticsJob.define(
                env,
                new AnalyticsJob.Sources(
                        new InProcessSource<>(raw(flows)),
                        new InProcessSource<>(Collections.<ContextChange>emptyIterator()),
                        new KnownContext(context),
                        new InProcessSource<>(Collections.<Feedback>emptyIterator())),
                new AnalyticsJob.Sinks(
                        new InProcessSink<>(alerts::add),
                        new InProcessSink<ActivityPart>(activity -> {}),
                        new InProcessSink<Baseline>(baseline -> {}),
                        new InProcessSink<>(rejected::accept)),
                config,
                false);
        JobExecutionResult execution = env.execute("weir-analyze");
        SortedMap<Limit, Long> leftOut = Limit.counts(execution.getAllAccumulatorResults()::get);
        if (alerts.leftOut() > 0) {
            leftOut.put(Limit.ALERTS_LEFT_OUT, alerts.leftOut());
        }
        return new Result(alerts.sorted(), leftOut);
    }

    private static Iterator<RawFlow> raw(Iterator<byte[]> values) {
        return new Iterator<>() {
            private long offset;

            @Override
            public boolean hasNext() {
                return values.hasNext();
            }

            @Override
            public RawFlow next() {
                return new RawFlow(values.next(), 0, offset++);
            }
        };
    }

    /** The newest revision of each alert. Flink's tasks add to it. */
    private static final class NewestAlerts {
        private final Map<String, Alert> alerts = new TreeMap<>();
        private long leftOut;

        synchronized void add(Alert alert) {
            if (alerts.size() < MAX_ALERTS || alerts.containsKey(alert.id())) {
                alerts.merge(alert.id(), alert, (before, after) -> after.supersedes(before) ? after : before);
            } else {
                leftOut++;
            }
        }

        synchronized long leftOut() {
            return leftOut;
        }

        synchronized List<Alert> sorted() {
            List<Alert> sorted = new ArrayList<>(alerts.values());
            sorted.sort(Comparator.comparingLong(Alert::firstSeenMs).thenComparing(Alert::id));
            return sorted;
        }
    }

    private static final class KnownContext implements ContextLoader {
        private static final long serialVersionUID = 1L;

        private final ArrayList<String> encoded = new ArrayList<>();

        KnownContext(List<ContextChange> changes) {
            changes.forEach(change -> encoded.add(new String(ContextCodec.encode(change), StandardCharsets.UTF_8)));
        }

        @Override
        public List<ContextChange> load() {
            return encoded.stream()
                    .map(text -> ContextCodec.decode(text.getBytes(StandardCharsets.UTF_8)))
                    .toList();
        }
    }
}
