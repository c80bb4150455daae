package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.analytics.correlate.Correlator;
import dev.weir.model.Alert;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
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

    private static final long CLEANUP_GRID_MS = Duration.ofHours(1).toMillis();

    private transient ValueState<Alert> sent;
    /** The findings of open slices, each with the time at which it is due. */
    private transient ListState<Tuple2<Long, Finding>> gathered;

    private transient Counter revisions;

    @Override
    public void open(OpenContext context) {
        sent = getRuntimeContext().getState(new ValueStateDescriptor<>("alert", TypeInformation.of(Alert.class)));
        gathered = getRuntimeContext()
                .getListState(new ListStateDescriptor<>(
                        "gathered-by-slice", Types.TUPLE(Types.LONG, TypeInformation.of(Finding.class))));
        revisions = getRuntimeContext().getMetricGroup().addGroup("weir").counter("alert_revisions");
    }

    @Override
    public void processElement(Finding finding, Context context, Collector<Alert> out) throws Exception {
        if (sent.value() == null) {
            send(Correlator.first(finding), context, out);
            return;
        }
        long due = EventTime.sliceEnd(context.timestamp(), finding.lastSeenMs()) + 1;
        gathered.add(Tuple2.of(due, finding));
        EventTime.due(context.timerService(), due);
    }

    @Override
    public void onTimer(long fired, OnTimerContext context, Collector<Alert> out) throws Exception {
        long timestamp = EventTime.reached(context.timeDomain(), fired, context.timerService());
        Alert before = sent.value();
        List<Finding> findings = new ArrayList<>();
        List<Tuple2<Long, Finding>> later = new ArrayList<>();
        for (Tuple2<Long, Finding> each : gathered.get()) {
            if (each.f0 <= timestamp) {
                findings.add(each.f1);
            } else {
                later.add(each);
            }
        }
        if (before != null && !findings.isEmpty()) {
            gathered.update(later);
            send(Correlator.grown(before, findings), context, out);
        } else if (before != null && timestamp >= before.lastSeenMs() + RETENTION_MS) {
            sent.clear();
        }
    }

    private void send(Alert alert, Context context, Collector<Alert> out) throws Exception {
        sent.update(alert);
        revisions.inc();
        out.collect(alert);
        long expires = alert.lastSeenMs() + RETENTION_MS;
        context.timerService()
                .registerEventTimeTimer(Math.floorDiv(expires, CLEANUP_GRID_MS) * CLEANUP_GRID_MS + CLEANUP_GRID_MS);
    }
}
