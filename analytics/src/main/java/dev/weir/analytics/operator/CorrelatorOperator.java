package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.analytics.correlate.Correlator;
import dev.weir.model.Activity;
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
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * One alert for each fingerprint. The first finding is sent at once as revision 1. What follows is gathered and sent as
 * the next revision when the watermark passes a slice, so that the same findings give the same revisions however they
 * arrive, and after a restart too.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class CorrelatorOperator extends KeyedProcessFunction<String, Finding, Alert> {
    private static final long serialVersionUID = 1L;
    /** An alert that has been quiet for so long starts anew. */
    private static final long RETENTION_MS = Duration.ofDays(30).toMillis();

    private static final long CLEANUP_GRID_MS = Duration.ofHours(1).toMillis();

    private transient ValueState<Alert> sent;
    private transient ListState<Finding> gathered;
    private transient Counter revisions;

    @Override
    public void open(OpenContext context) {
        sent = getRuntimeContext().getState(new ValueStateDescriptor<>("alert", TypeInformation.of(Alert.class)));
        gathered = getRuntimeContext()
                .getListState(new ListStateDescriptor<>("gathered", TypeInformation.of(Finding.class)));
        revisions = getRuntimeContext().getMetricGroup().addGroup("weir").counter("alert_revisions");
    }

    @Override
    public void processElement(Finding finding, Context context, Collector<Alert> out) throws Exception {
        if (sent.value() == null) {
            send(Correlator.first(finding), context, out);
            return;
        }
        gathered.add(finding);
        long from = Math.max(context.timerService().currentWatermark() + 1, finding.lastSeenMs());
        context.timerService().registerEventTimeTimer(Activity.sliceOf(from) + Activity.SLICE_MS);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Alert> out) throws Exception {
        Alert before = sent.value();
        List<Finding> findings = new ArrayList<>();
        gathered.get().forEach(findings::add);
        if (before != null && !findings.isEmpty()) {
            gathered.clear();
            send(Correlator.grown(before, findings), context, out);
        } else if (before != null && timestamp >= before.lastSeenMs() + RETENTION_MS) {
            sent.clear();
        }
    }

    private void send(Alert alert, Context context, Collector<Alert> out) throws Exception {
        sent.update(alert);
        revisions.inc();
        out.collect(alert);
        long quiet = alert.lastSeenMs() + RETENTION_MS;
        context.timerService()
                .registerEventTimeTimer(Math.floorDiv(quiet, CLEANUP_GRID_MS) * CLEANUP_GRID_MS + CLEANUP_GRID_MS);
    }
}
