package dev.weir.analytics.operator;

import dev.weir.analytics.Limit;
import dev.weir.analytics.correlate.AlertGrouping;
import dev.weir.analytics.correlate.AlertState;
import dev.weir.analytics.correlate.CompromisedHost;
import dev.weir.analytics.correlate.IncidentsConfig;
import dev.weir.analytics.correlate.TechniqueGroup;
import dev.weir.common.Millis;
import dev.weir.model.Alert;
import dev.weir.model.Feedback;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Makes incidents of the alerts of one cluster, in four stages: it puts the alerts of a slice in order ({@link
 * SliceBuffer}), assigns each to an incident ({@link IncidentGrouping}), folds those beyond the limits ({@link
 * TechniqueGroups}, {@link NamespaceBudgets}), and names chains ({@link Chains}). People's decisions suppress alerts at
 * any stage. There are few alerts, so one task sees all of a cluster. They are processed in the order of event time
 * when the watermark closes their slice, so that the result does not depend on their arrival; only the first revision
 * of a policy alert is emitted at once, with a provisional incident ({@link EarlyReports}).
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class IncidentsOperator extends KeyedBroadcastProcessFunction<String, Alert, Feedback, Alert> {
    private static final long serialVersionUID = 1L;

    /** The time for which findings of one fingerprint are one alert. */
    private static final long MEMORY_MS = Duration.ofDays(30).toMillis();

    /** The most alerts that wait until their slice closes; each takes up to twenty kilobytes. */
    private static final int MAX_WAITING = 5_000;

    /** The most new alerts, of all clusters, before old entries are removed within the day. */
    private static final int MAX_BEGUN = 10_000;

    private static final Comparator<Alert> ORDER = Comparator.comparingLong(Alert::lastSeenMs)
            .thenComparingLong(Alert::firstSeenMs)
            .thenComparing(Alert::id)
            .thenComparingLong(Alert::revision);

    private final IncidentsConfig config;
    private transient SliceBuffer<Alert> waiting;
    private transient EarlyReports early;
    private transient IncidentGrouping grouping;
    private transient TechniqueGroups techniques;
    private transient NamespaceBudgets budgets;
    private transient Chains chains;
    private transient @Nullable List<Feedback> decisions;
    private transient PrecisionMetrics precision;
    private transient Counter folded;
    private transient Counter suppressed;
    private transient Retention retention;

    /** The number of new alerts since old entries were last removed. */
    private transient int begun;

    private transient Counter unordered;

    public IncidentsOperator(IncidentsConfig config) {
        this.config = config;
    }

    @Override
    public void open(OpenContext context) {
        waiting = SliceBuffer.open(getRuntimeContext(), Alert.class, ORDER, MAX_WAITING);
        early = new EarlyReports(this::map);
        grouping = new IncidentGrouping(config, this::map);
        techniques = new TechniqueGroups(config, this::map);
        budgets = new NamespaceBudgets(config, this::map);
        chains = new Chains(this::map);
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("weir");
        precision = new PrecisionMetrics(metrics);
        folded = metrics.counter("alerts_folded");
        suppressed = metrics.counter("alerts_suppressed");
        retention = new Retention(
                metrics.counter("alert_entries_evicted"),
                LimitCounter.open(getRuntimeContext(), Limit.INCIDENT_ENTRIES_EVICTED));
        unordered = LimitCounter.open(getRuntimeContext(), Limit.ALERTS_UNORDERED);
    }

    private <T> MapState<String, T> map(String name, Class<T> type) {
        return getRuntimeContext().getMapState(new MapStateDescriptor<>(name, Types.STRING, TypeInformation.of(type)));
    }

    @Override
    public void processElement(Alert alert, ReadOnlyContext context, Collector<Alert> out) throws Exception {
        if (alert.revision() == 1 && alert.policy() != null) {
            reportEarly(alert, context, out);
        }
        if (waiting.isFull()) {
            unordered.inc(waiting.size());
            take(waiting.takeAll(), context, out);
        }
        long due = EventTime.sliceEnd(context.timestamp(), alert.lastSeenMs());
        waiting.add(due, alert);
        EventTime.setTimer(context.timerService(), due);
    }

    /** Emits the first revision of a policy alert, unless it is one of too many, which wait until they are folded. */
    private void reportEarly(Alert alert, ReadOnlyContext context, Collector<Alert> out) throws Exception {
        String incident = grouping.provisional(alert);
        String group = TechniqueGroup.key(incident, alert);
        if (!techniques.isFull(alert, incident, early.count(group))) {
            early.add(alert, group);
            out.collect(alert.within(incident, null, suppressedBy(alert, context)));
        }
    }

    @Override
    public void processBroadcastElement(Feedback feedback, Context context, Collector<Alert> out) throws Exception {
        BroadcastState<String, Feedback> state = context.getBroadcastState(FeedbackState.DESCRIPTOR);
        Feedback before = state.get(feedback.id());
        FeedbackState.update(state, feedback);
        decisions = null;
        precision.replace(before, state.get(feedback.id()), FeedbackState.all(state));
    }

    @Override
    public void onTimer(long fired, OnTimerContext context, Collector<Alert> out) throws Exception {
        long timestamp = EventTime.firedAt(context.timeDomain(), fired, context.timerService());
        take(waiting.takeDue(timestamp), context, out);
        if (Math.floorMod(timestamp + 1, Millis.DAY) == 0 || begun >= MAX_BEGUN) {
            begun = 0;
            removeOld(timestamp);
        }
        long midnight = Math.floorDiv(timestamp + 1, Millis.DAY) * Millis.DAY + Millis.DAY - 1;
        if (!grouping.isEmpty()) {
            context.timerService().registerEventTimeTimer(midnight);
        }
    }

    /** Processes the alerts of a slice, then emits each alert that some of them were folded into. */
    private void take(List<Alert> sorted, ReadOnlyContext context, Collector<Alert> out) throws Exception {
        Map<String, Alert> latestFolded = new TreeMap<>();
        for (Alert alert : sorted) {
            take(alert, latestFolded, context, out);
        }
        for (Alert latest : latestFolded.values()) {
            String incident = String.valueOf(latest.incident());
            Alert shared = techniques.shared(latest, incident);
            if (shared != null) {
                out.collect(shared.within(incident, null, suppressedBy(shared, context)));
            }
        }
    }

    private void take(Alert alert, Map<String, Alert> latestFolded, ReadOnlyContext context, Collector<Alert> out)
            throws Exception {
        CompromisedHost host = grouping.compromisedBefore(alert);
        IncidentGrouping.Placement placement = grouping.place(alert);
        String incident = placement.incident();
        String suppressedBy = suppressedBy(alert, context);
        boolean wasReported = early.remove(alert);
        String digest = placement.digest();
        if (suppressedBy != null) {
            suppressed.inc();
        } else {
            digest = digest(placement, wasReported, out);
        }
        grouping.remember(alert.id(), new AlertState(incident, digest, alert.lastSeenMs()));
        begun += placement.isKnown() ? 0 : 1;
        Alert placed = placement.graded().within(incident, digest, suppressedBy);
        out.collect(placed);
        boolean isShared =
                suppressedBy == null && AlertGrouping.alikeId(alert, incident).equals(digest);
        if (isShared) {
            fold(placed, incident, !placement.isKnown(), latestFolded);
        }
        boolean isReported = suppressedBy == null && (digest == null || isShared);
        if (isReported && !placement.isKnown()) {
            grouping.compromise(alert, incident);
            if (host != null && AlertGrouping.isMoving(alert) && AlertGrouping.isFollowing(alert, host, config)) {
                chain(alert, host, incident, latestFolded, context, out);
            }
        }
    }

    /** The id of the alert that an alert which is not suppressed is folded into; null if it is reported by itself. */
    private @Nullable String digest(IncidentGrouping.Placement placement, boolean wasReported, Collector<Alert> out)
            throws Exception {
        Alert alert = placement.graded();
        String incident = placement.incident();
        String shared = AlertGrouping.alikeId(alert, incident);
        String before = placement.digest();
        if (placement.isKnown()) {
            boolean leavesDigest =
                    before != null && !before.equals(shared) && !AlertGrouping.isUncertain(alert, config.foldBelow());
            return leavesDigest ? null : before;
        }
        if (!wasReported && techniques.isFull(alert, incident, 0)) {
            return shared;
        }
        Alert digest = budgets.charge(alert, incident);
        if (digest == null) {
            techniques.report(alert, incident);
            return null;
        }
        folded.inc();
        out.collect(digest);
        return digest.id();
    }

    private void chain(
            Alert alert,
            CompromisedHost host,
            String incident,
            Map<String, Alert> latestFolded,
            ReadOnlyContext context,
            Collector<Alert> out)
            throws Exception {
        Alert chain = chains.grown(alert, host, incident);
        String suppressedBy = suppressedBy(chain, context);
        AlertState before = grouping.state(chain.id());
        String digest = before == null ? null : before.digest();
        if (before == null && suppressedBy == null) {
            if (techniques.isFull(chain, incident, 0)) {
                digest = AlertGrouping.alikeId(chain, incident);
            } else {
                techniques.report(chain, incident);
            }
        }
        grouping.remember(chain.id(), new AlertState(incident, digest, alert.lastSeenMs()));
        Alert placed = chain.within(incident, digest, suppressedBy);
        out.collect(placed);
        if (digest != null) {
            fold(placed, incident, before == null, latestFolded);
        }
    }

    private void fold(Alert placed, String incident, boolean isNew, Map<String, Alert> latestFolded) throws Exception {
        if (techniques.fold(placed, incident, isNew)) {
            folded.inc(isNew ? 1 : 0);
        }
        latestFolded.put(String.valueOf(placed.digest()), placed);
    }

    private @Nullable String suppressedBy(Alert alert, ReadOnlyContext context) throws Exception {
        if (decisions == null) {
            decisions = FeedbackState.all(context.getBroadcastState(FeedbackState.DESCRIPTOR));
            precision.load(decisions);
        }
        return AlertGrouping.suppressedBy(alert, decisions);
    }

    private void removeOld(long nowMs) throws Exception {
        grouping.removeOld(retention, nowMs, nowMs - MEMORY_MS);
        budgets.removeOld(retention, nowMs, nowMs - MEMORY_MS);
        techniques.removeOld(retention, nowMs - MEMORY_MS);
        chains.removeOld(grouping);
    }
}
