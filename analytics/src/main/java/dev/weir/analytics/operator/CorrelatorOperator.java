package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.analytics.correlate.Correlator;
import dev.weir.model.Alert;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Emits one alert for each fingerprint. The first finding is emitted at once as revision 1. Further findings are
 * gathered by slice and emitted as the next revision when the watermark passes the slice. So the same findings give the
 * same revisions in any order of arrival, and after a restart too. A finding belongs to the slice of its record's time,
 * which its sender sets by event time alone.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class CorrelatorOperator extends KeyedProcessFunction<String, Finding, Alert> {
    private static final long serialVersionUID = 1L;
    /** The time without findings after which the next finding begins a new alert. */
    private static final long RETENTION_MS = Duration.ofDays(30).toMillis();

    private static final CleanupTimer CLEANUP =
            new CleanupTimer(Duration.ofHours(1).toMillis());

    private transient ValueState<Alert> sent;

    /** The findings of open slices. Their order does not matter, since they are merged. */
    private transient SliceBuffer<Finding> waiting;

    private transient Counter revisions;

    @Override
    public void open(OpenContext context) {
        sent = getRuntimeContext().getState(new ValueStateDescriptor<>("alert", TypeInformation.of(Alert.class)));
        waiting = SliceBuffer.open(
                getRuntimeContext(), Finding.class, Comparator.comparingLong(Finding::lastSeenMs), Integer.MAX_VALUE);
        revisions = getRuntimeContext().getMetricGroup().addGroup("weir").counter("alert_revisions");
    }

    @Override
    public void processElement(Finding finding, Context context, Collector<Alert> out) throws Exception {
        if (sent.value() == null) {
            send(Correlator.first(finding), context, out);
            return;
        }
        long due = EventTime.sliceEnd(context.timestamp(), finding.lastSeenMs()) + 1;
        waiting.add(due, finding);
        EventTime.setTimer(context.timerService(), due);
    }

    @Override
    public void onTimer(long fired, OnTimerContext context, Collector<Alert> out) throws Exception {
        long timestamp = EventTime.firedAt(context.timeDomain(), fired, context.timerService());
        Alert before = sent.value();
        if (before == null) {
            return;
        }
        List<Finding> findings = waiting.takeDue(timestamp);
        if (!findings.isEmpty()) {
            send(Correlator.grown(before, findings), context, out);
        } else if (timestamp >= before.lastSeenMs() + RETENTION_MS && waiting.size() == 0) {
            sent.clear();
        }
    }

    private void send(Alert alert, Context context, Collector<Alert> out) throws Exception {
        sent.update(alert);
        revisions.inc();
        out.collect(alert);
        CLEANUP.setAfter(alert.lastSeenMs() + RETENTION_MS, context.timerService());
    }
}
