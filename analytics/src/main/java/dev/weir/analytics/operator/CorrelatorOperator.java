package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.analytics.Limit;
import dev.weir.analytics.correlate.Correlator;
import dev.weir.common.Millis;
import dev.weir.model.Alert;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.SimpleTimerService;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.TimestampedCollector;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Emits one alert for each fingerprint, by which its input is keyed. The first finding of a policy is emitted at once
 * as revision 1. Other findings are gathered by slice, of several detectors too, and emitted as the next revision when
 * the watermark passes the slice. So the same findings give the same revisions in any order of arrival, and after a
 * restart too. A finding belongs to the slice of its record's time, which its sender sets by event time alone. Alerts
 * are remembered for 30 days after they were last seen, up to a number that the heap allows; beyond it, the one unused
 * for longest is evicted.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class CorrelatorOperator extends AbstractStreamOperator<Alert>
        implements OneInputStreamOperator<Finding, Alert>, Triggerable<String, VoidNamespace> {
    private static final long serialVersionUID = 1L;
    /** The time without findings after which the next finding begins a new alert. */
    private static final long RETENTION_MS = Duration.ofDays(30).toMillis();

    private static final CleanupTimer CLEANUP = new CleanupTimer(Millis.HOUR);
    private static final ValueStateDescriptor<Alert> ALERT =
            new ValueStateDescriptor<>("alert", TypeInformation.of(Alert.class));

    /** The number of findings of one alert from which those of a slice are merged before it is over. */
    private static final int MAX_WAITING = 256;

    /** The most alerts that a task remembers. */
    private static final int MAX_ALERTS = 200_000;

    /** The share of the heap for alerts, if Flink keeps them there. */
    private static final int HEAP_SHARE = 12;

    /** The size of an alert on the heap, in bytes, most of it the flows of its evidence. */
    private static final int ALERT_BYTES = 6_000;

    private static final long UNKNOWN = Long.MIN_VALUE;

    private final int maxAlerts;

    private transient ValueState<Alert> sent;

    /** The findings of open slices. Their order does not matter, since they are merged. */
    private transient SliceBuffer<Finding> waiting;

    /**
     * The time of the timer that removes each remembered alert, by fingerprint; the one unused for longest is first.
     */
    private transient LinkedHashMap<String, Long> remembered;

    private transient int capacity;
    private transient TimerService timers;
    private transient TimestampedCollector<Alert> out;
    private transient Counter revisions;
    private transient Counter evicted;

    public CorrelatorOperator() {
        this(MAX_ALERTS);
    }

    CorrelatorOperator(int maxAlerts) {
        this.maxAlerts = maxAlerts;
    }

    @Override
    public void open() throws Exception {
        super.open();
        timers = new SimpleTimerService(getInternalTimerService("user-timers", VoidNamespaceSerializer.INSTANCE, this));
        out = new TimestampedCollector<>(output);
        sent = getRuntimeContext().getState(ALERT);
        waiting = SliceBuffer.open(
                getRuntimeContext(), Finding.class, Comparator.comparingLong(Finding::lastSeenMs), MAX_WAITING);
        capacity = HeapShare.holds(getKeyedStateBackend())
                ? (int) Math.min(maxAlerts, HeapShare.ofTask(getRuntimeContext(), HEAP_SHARE) / ALERT_BYTES)
                : maxAlerts;
        remembered = new LinkedHashMap<>(1024, 0.75f, true);
        restore();
        revisions = getRuntimeContext().getMetricGroup().addGroup("weir").counter("alert_revisions");
        evicted = LimitCounter.open(getRuntimeContext(), Limit.ALERTS_EVICTED);
    }

    /** Puts the alerts of restored state in the order in which they were last seen. */
    private void restore() throws Exception {
        List<String> keys;
        try (Stream<String> all =
                this.<String>getKeyedStateBackend().getKeys(ALERT.getName(), VoidNamespace.INSTANCE)) {
            keys = all.toList();
        }
        Map<String, Long> seen = new HashMap<>();
        for (String key : keys) {
            setCurrentKey(key);
            seen.put(key, sent.value().lastSeenMs());
        }
        seen.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .forEach(each -> remembered.put(each.getKey(), UNKNOWN));
    }

    @Override
    public void processElement(StreamRecord<Finding> element) throws Exception {
        out.setTimestamp(element);
        Finding finding = element.getValue();
        Alert before = sent.value();
        boolean isOfPolicy = finding.policy() != null;
        if (before == null && isOfPolicy) {
            send(Correlator.first(finding));
            return;
        }
        Long unused = remembered.get(finding.fingerprint()); // the read makes it the most recently used one
        if (waiting.isFull()) {
            waiting.merge(Finding::merged);
        }
        long end = EventTime.sliceEnd(element.hasTimestamp() ? element.getTimestamp() : null, finding.lastSeenMs());
        // Detectors report at the end of a slice, so that nothing is gained by not waiting for the others.
        long due = isOfPolicy ? end + 1 : end;
        waiting.add(due, finding);
        EventTime.setTimer(timers, due);
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        out.setAbsoluteTimestamp(timer.getTimestamp());
        fire(timer.getTimestamp());
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        out.eraseTimestamp();
        fire(timers.currentWatermark());
    }

    private void fire(long timestamp) throws Exception {
        Alert before = sent.value();
        List<Finding> findings = waiting.takeDue(timestamp);
        if (before == null && findings.isEmpty()) {
            return;
        }
        if (before == null) {
            send(Correlator.first(Finding.merged(findings)));
        } else if (!findings.isEmpty()) {
            send(Correlator.grown(before, findings));
        } else if (timestamp >= before.lastSeenMs() + RETENTION_MS && waiting.size() == 0) {
            sent.clear();
            remembered.remove(before.id());
        } else if (remembered.getOrDefault(before.id(), UNKNOWN) <= timestamp) {
            setRemoval(before);
        }
    }

    private void send(Alert alert) throws Exception {
        sent.update(alert);
        emit(alert);
        if (remembered.getOrDefault(alert.id(), UNKNOWN) == UNKNOWN) {
            setRemoval(alert);
        }
        while (remembered.size() > capacity) {
            evict();
        }
    }

    private void emit(Alert alert) {
        revisions.inc();
        out.collect(alert);
    }

    private void setRemoval(Alert alert) {
        long at = CLEANUP.after(alert.lastSeenMs() + RETENTION_MS);
        timers.registerEventTimeTimer(at);
        remembered.put(alert.id(), at);
    }

    private void evict() throws Exception {
        Iterator<Map.Entry<String, Long>> entries = remembered.entrySet().iterator();
        Map.Entry<String, Long> unused = entries.next();
        Object current = getCurrentKey();
        setCurrentKey(unused.getKey());
        List<Finding> findings = waiting.takeAll();
        if (!findings.isEmpty()) {
            emit(Correlator.grown(sent.value(), findings));
        }
        sent.clear();
        timers.deleteEventTimeTimer(unused.getValue());
        setCurrentKey(current);
        entries.remove();
        evicted.inc();
    }
}
