package dev.weir.analytics.operator;

import dev.weir.analytics.correlate.ActorState;
import dev.weir.analytics.correlate.AlertGrouping;
import dev.weir.analytics.correlate.AlertState;
import dev.weir.analytics.correlate.Budget;
import dev.weir.analytics.correlate.CompromisedHost;
import dev.weir.analytics.correlate.IncidentsConfig;
import dev.weir.analytics.correlate.Precision;
import dev.weir.analytics.correlate.TechniqueGroup;
import dev.weir.model.Alert;
import dev.weir.model.Feedback;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Makes incidents of one cluster's alerts, keeps to the budgets and applies people's decisions. There are few alerts, so one
 * task sees all of a cluster. They are taken in the order of event time when the watermark closes their slice, so that the
 * result does not depend on how they arrive; only the first word on a policy goes out at once, with the incident as far as it is known.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class IncidentsOperator extends KeyedBroadcastProcessFunction<String, Alert, Feedback, Alert> {
    private static final long serialVersionUID = 1L;
    private static final long DAY_MS = Duration.ofDays(1).toMillis();
    /** As long as an alert of the same fingerprint is the same alert. */
    private static final long MEMORY_MS = Duration.ofDays(30).toMillis();

    private static final int MAX_ALERTS = 50_000;
    /** Until their slice closes; each takes a few kilobytes. */
    private static final int MAX_WAITING = 10_000;

    private static final Comparator<Alert> ORDER = Comparator.comparingLong(Alert::lastSeenMs)
            .thenComparingLong(Alert::firstSeenMs)
            .thenComparing(Alert::id)
            .thenComparingLong(Alert::revision);

    private final IncidentsConfig config;

    /** Each with the time at which it is due. */
    private transient ListState<Tuple2<Long, Alert>> waiting;

    private transient ValueState<Integer> waitingCount;
    private transient MapState<String, ActorState> actors;
    private transient MapState<String, CompromisedHost> entered;
    private transient MapState<String, AlertState> alertStates;
    private transient MapState<String, Long> chains;
    private transient MapState<String, Budget> budgets;
    private transient MapState<String, TechniqueGroup> alike;
    /** By incident, when its latest reported alert was last seen. */
    private transient MapState<String, Long> incidentsReported;
    /** Of what {@link TechniqueGroup#key} names, how many alerts went out before their slice was over. */
    private transient MapState<String, Integer> saidAtOnce;
    /** By id, those alerts. */
    private transient MapState<String, String> saidIds;

    private transient @Nullable List<Feedback> decisions;
    private transient Precision precision;
    /** Whether {@link #precision} holds what was decided before this task began. */
    private transient boolean isCounted;

    private transient MetricGroup metrics;
    private transient Counter folded;
    private transient Counter suppressed;
    private transient Counter forgotten;
    private transient Counter unordered;

    public IncidentsOperator(IncidentsConfig config) {
        this.config = config;
    }

    @Override
    public void open(OpenContext context) {
        waiting = getRuntimeContext()
                .getListState(new ListStateDescriptor<>(
                        "waiting-by-slice", Types.TUPLE(Types.LONG, TypeInformation.of(Alert.class))));
        waitingCount = getRuntimeContext().getState(new ValueStateDescriptor<>("waiting-count", Types.INT));
        actors = map("actors", ActorState.class);
        entered = map("entered", CompromisedHost.class);
        alertStates = map("alertStates", AlertState.class);
        chains = map("chains", Long.class);
        budgets = map("budgets", Budget.class);
        alike = map("alike", TechniqueGroup.class);
        incidentsReported = map("incidents-reported", Long.class);
        saidAtOnce = map("said-at-once", Integer.class);
        saidIds = map("said-ids", String.class);
        precision = new Precision();
        metrics = getRuntimeContext().getMetricGroup().addGroup("weir");
        folded = metrics.counter("alerts_folded");
        suppressed = metrics.counter("alerts_suppressed");
        forgotten = metrics.counter("alerts_forgotten");
        unordered = metrics.counter("alerts_unordered");
    }

    private <T> MapState<String, T> map(String name, Class<T> type) {
        return getRuntimeContext().getMapState(new MapStateDescriptor<>(name, Types.STRING, TypeInformation.of(type)));
    }

    @Override
    public void processElement(Alert alert, ReadOnlyContext context, Collector<Alert> out) throws Exception {
        if (alert.revision() == 1 && alert.policy() != null) {
            String key = alert.actor().key();
            String incident = AlertGrouping.incident(alert, actors.get(key), entered.get(key), config);
            String alikeKey = TechniqueGroup.key(incident, alert);
            Integer said = saidAtOnce.get(alikeKey);
            TechniqueGroup known = alike.get(alikeKey);
            int before = (said == null ? 0 : said) + (known == null ? 0 : known.reported());
            // Further ones wait until they are folded.
            if (before < config.alike()) {
                saidAtOnce.put(alikeKey, said == null ? 1 : said + 1);
                saidIds.put(alert.id(), alikeKey);
                out.collect(alert.within(incident, null, AlertGrouping.suppressedBy(alert, decisions(context))));
            }
        }
        Integer waits = waitingCount.value();
        int count = waits == null ? 0 : waits;
        if (count >= MAX_WAITING) {
            unordered.inc(count);
            takeAll(context, out);
            count = 0;
        }
        long due = EventTime.sliceEnd(context.timestamp(), alert.lastSeenMs());
        waiting.add(Tuple2.of(due, alert));
        waitingCount.update(count + 1);
        EventTime.due(context.timerService(), due);
    }

    @Override
    public void processBroadcastElement(Feedback feedback, Context context, Collector<Alert> out) throws Exception {
        BroadcastState<String, Feedback> state = context.getBroadcastState(FeedbackState.DESCRIPTOR);
        Feedback before = state.get(feedback.id());
        FeedbackState.update(state, feedback);
        decisions = null;
        if (isCounted) {
            countJudged(before, state.get(feedback.id()));
        } else {
            countJudged(FeedbackState.all(state));
        }
    }

    @Override
    public void onTimer(long fired, OnTimerContext context, Collector<Alert> out) throws Exception {
        long timestamp = EventTime.reached(context.timeDomain(), fired, context.timerService());
        List<Alert> due = new ArrayList<>();
        List<Tuple2<Long, Alert>> later = new ArrayList<>();
        for (Tuple2<Long, Alert> each : waiting.get()) {
            if (each.f0 <= timestamp) {
                due.add(each.f1);
            } else {
                later.add(each);
            }
        }
        waiting.update(later);
        if (later.isEmpty()) {
            waitingCount.clear();
        } else {
            waitingCount.update(later.size());
        }
        takeInOrder(due, context, out);
        if (Math.floorMod(timestamp + 1, DAY_MS) == 0) {
            forget(timestamp);
        }
        long midnight = Math.floorDiv(timestamp + 1, DAY_MS) * DAY_MS + DAY_MS - 1;
        if (!alertStates.isEmpty()) {
            context.timerService().registerEventTimeTimer(midnight);
        }
    }

    /** All that wait, though more of their time may come. */
    private void takeAll(ReadOnlyContext context, Collector<Alert> out) throws Exception {
        List<Alert> all = new ArrayList<>();
        waiting.get().forEach(each -> all.add(each.f1));
        waiting.clear();
        takeInOrder(all, context, out);
    }

    private void takeInOrder(List<Alert> alerts, ReadOnlyContext context, Collector<Alert> out) throws Exception {
        alerts.sort(ORDER);
        // By id, the latest of those that are folded into it.
        Map<String, Alert> grown = new TreeMap<>();
        for (Alert alert : alerts) {
            take(alert, grown, context, out);
        }
        for (Alert latest : grown.values()) {
            String incident = String.valueOf(latest.incident());
            TechniqueGroup folded = alike.get(TechniqueGroup.key(incident, latest));
            if (folded != null) {
                Alert shared = AlertGrouping.alike(latest, incident, folded);
                out.collect(shared.within(incident, null, AlertGrouping.suppressedBy(shared, decisions(context))));
            }
        }
    }

    private void take(Alert alert, Map<String, Alert> grown, ReadOnlyContext context, Collector<Alert> out)
            throws Exception {
        String key = alert.actor().key();
        ActorState actor = actors.get(key);
        CompromisedHost before = entered.get(key);
        AlertState state = alertStates.get(alert.id());
        boolean known = state != null && alert.revision() > 1;
        String incident = known ? state.incident() : AlertGrouping.incident(alert, actor, before, config);
        ActorState now = AlertGrouping.grown(actor, incident, alert);
        actors.put(key, now);
        Alert graded = AlertGrouping.escalated(alert, now);
        String silencedBy = AlertGrouping.suppressedBy(alert, decisions(context));
        String shared = AlertGrouping.alikeId(alert, incident);
        boolean wasSaid = hasBeenSaid(alert);
        String digest = known ? state.digest() : null;
        if (silencedBy != null) {
            suppressed.inc();
        } else if (!known && !wasSaid && isOneTooMany(graded, incident)) {
            digest = shared;
        } else if (!known) {
            digest = charged(graded, incident, out);
            if (digest == null) {
                report(graded, incident);
            }
        } else if (digest != null && !digest.equals(shared) && !AlertGrouping.isUncertain(graded, config.foldBelow())) {
            digest = null;
        }
        alertStates.put(alert.id(), new AlertState(incident, digest, alert.lastSeenMs()));
        Alert placed = graded.within(incident, digest, silencedBy);
        out.collect(placed);
        boolean isAlike = silencedBy == null && shared.equals(digest);
        if (isAlike) {
            fold(placed, incident, !known);
            grown.put(shared, placed);
        }
        boolean isTold = silencedBy == null && (digest == null || isAlike);
        if (isTold && !known && AlertGrouping.isEntering(alert) && alert.destination() != null) {
            entered.put(
                    alert.destination().key(),
                    new CompromisedHost(alert.actor().withoutPod(), alert.id(), incident, alert.firstSeenMs()));
        }
        boolean mayFollow = isTold && !known && AlertGrouping.isMoving(alert);
        if (mayFollow && before != null && AlertGrouping.isFollowing(alert, before, config)) {
            chain(alert, before, incident, grown, context, out);
        }
    }

    private void chain(
            Alert alert,
            CompromisedHost before,
            String incident,
            Map<String, Alert> grown,
            ReadOnlyContext context,
            Collector<Alert> out)
            throws Exception {
        String id = AlertGrouping.chainId(alert, before);
        Long count = chains.get(id);
        long now = count == null ? 1 : count + 1;
        chains.put(id, now);
        Alert chain = AlertGrouping.chain(alert, before, incident, now, now);
        String silencedBy = AlertGrouping.suppressedBy(chain, decisions(context));
        AlertState known = alertStates.get(id);
        String digest = known == null ? null : known.digest();
        if (known == null && silencedBy == null) {
            if (isOneTooMany(chain, incident)) {
                digest = AlertGrouping.alikeId(chain, incident);
            } else {
                report(chain, incident);
            }
        }
        alertStates.put(id, new AlertState(incident, digest, alert.lastSeenMs()));
        Alert placed = chain.within(incident, digest, silencedBy);
        out.collect(placed);
        if (digest != null) {
            fold(placed, incident, known == null);
            grown.put(digest, placed);
        }
    }

    /** Whether the first word on a policy went out at once, so that the alert cannot be folded any more. */
    private boolean hasBeenSaid(Alert alert) throws Exception {
        String alikeKey = alert.revision() == 1 ? saidIds.get(alert.id()) : null;
        if (alikeKey == null) {
            return false;
        }
        saidIds.remove(alert.id());
        Integer said = saidAtOnce.get(alikeKey);
        if (said == null || said <= 1) {
            saidAtOnce.remove(alikeKey);
        } else {
            saidAtOnce.put(alikeKey, said - 1);
        }
        return true;
    }

    /** Whether the incident has a handful of alerts of the technique already. */
    private boolean isOneTooMany(Alert alert, String incident) throws Exception {
        TechniqueGroup known = alike.get(TechniqueGroup.key(incident, alert));
        return known != null && known.reported() >= config.alike();
    }

    /** One more of its technique in the incident that is reported by itself. */
    private void report(Alert alert, String incident) throws Exception {
        String alikeKey = TechniqueGroup.key(incident, alert);
        alike.put(alikeKey, TechniqueGroup.reported(alike.get(alikeKey), alert));
    }

    private void fold(Alert alert, String incident, boolean isNew) throws Exception {
        String alikeKey = TechniqueGroup.key(incident, alert);
        TechniqueGroup known = alike.get(alikeKey);
        if (known != null) {
            folded.inc(isNew ? 1 : 0);
            alike.put(alikeKey, known.folded(alert, isNew));
        }
    }

    /**
     * Charges the incident of a new alert to its namespace's budget, unless it has been; the digest that the alert is folded into, or
     * null when it is reported.
     */
    private @Nullable String charged(Alert alert, String incident, Collector<Alert> out) throws Exception {
        String key = alert.namespace() + "@" + AlertGrouping.dayOf(alert);
        Budget budget = budgets.get(key);
        Budget before = budget == null ? AlertGrouping.fresh(alert) : budget;
        // The first word on a policy went out at once, and cannot be folded any more.
        boolean isOfReported = incidentsReported.contains(incident);
        boolean isFolded = isOfReported
                ? AlertGrouping.isUncertain(alert, config.foldAlwaysBelow())
                : AlertGrouping.isFolded(alert, before, config);
        if (alert.policy() != null || !isFolded) {
            if (!isOfReported) {
                budgets.put(key, AlertGrouping.reported(before));
            }
            incidentsReported.put(incident, alert.lastSeenMs());
            return null;
        }
        folded.inc();
        Budget after = AlertGrouping.folded(before, alert);
        budgets.put(key, after);
        out.collect(AlertGrouping.digest(alert, after, config));
        return AlertGrouping.digestId(alert.cluster(), after);
    }

    private List<Feedback> decisions(ReadOnlyContext context) throws Exception {
        if (decisions == null) {
            decisions = FeedbackState.all(context.getBroadcastState(FeedbackState.DESCRIPTOR));
            if (!isCounted) {
                countJudged(decisions);
            }
        }
        return decisions;
    }

    private void countJudged(List<Feedback> all) {
        isCounted = true;
        all.forEach(each -> countJudged(null, each));
    }

    private void countJudged(@Nullable Feedback before, @Nullable Feedback after) {
        String detector = precision.replace(before, after);
        if (detector != null) {
            MetricGroup group = metrics.addGroup("detector", detector);
            group.gauge("alerts_right", () -> precision.right(detector));
            group.gauge("alerts_wrong", () -> precision.wrong(detector));
            group.gauge("precision", () -> precision.of(detector));
        }
    }

    /** Once a day, what is too old, and beyond the bound the oldest. */
    private void forget(long nowMs) throws Exception {
        forget(alertStates, AlertState::lastMs, nowMs - MEMORY_MS);
        forget(actors, ActorState::lastMs, nowMs - MEMORY_MS);
        forget(entered, CompromisedHost::atMs, nowMs - DAY_MS - config.chain().toMillis());
        forget(budgets, Budget::dayMs, nowMs - 3 * DAY_MS);
        forget(alike, TechniqueGroup::lastMs, nowMs - MEMORY_MS);
        forget(incidentsReported, Long::longValue, nowMs - MEMORY_MS);
        List<String> gone = new ArrayList<>();
        for (String link : chains.keys()) {
            if (!alertStates.contains(link)) {
                gone.add(link);
            }
        }
        for (String link : gone) {
            chains.remove(link);
        }
    }

    private <T> void forget(MapState<String, T> state, ToLongFunction<T> at, long horizonMs) throws Exception {
        List<Long> times = new ArrayList<>();
        List<String> old = new ArrayList<>();
        for (T value : state.values()) {
            times.add(at.applyAsLong(value));
        }
        times.sort(Comparator.naturalOrder());
        int surplus = times.size() - MAX_ALERTS;
        long limit = surplus > 0 ? Math.max(horizonMs, times.get(surplus)) : horizonMs;
        for (Map.Entry<String, T> entry : state.entries()) {
            if (at.applyAsLong(entry.getValue()) < limit) {
                old.add(entry.getKey());
            }
        }
        for (String key : old) {
            state.remove(key);
        }
        forgotten.inc(old.size());
    }
}
