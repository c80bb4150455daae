package dev.weir.alerting.api;

import dev.weir.alerting.api.Operation.Answer;
import dev.weir.alerting.store.BaselineStore;
import dev.weir.alerting.store.StatisticsStore;
import dev.weir.model.Baseline;
import dev.weir.model.BaselineState;
import io.javalin.http.HttpResponseException;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations of baselines, their history, and statistics of detectors and incidents. */
final class InsightOperations {
    private final BaselineStore baselines;
    private final StatisticsStore statistics;

    /** A page of baselines, ordered by key. */
    record BaselinePage(List<Baseline> baselines, @Nullable String nextAfter) {}

    record History(String key, List<BaselineStore.Day> days) {}

    record Statistics(List<StatisticsStore.ByDetector> detectors, List<StatisticsStore.StatusCount> incidents) {}

    InsightOperations(BaselineStore baselines, StatisticsStore statistics) {
        this.baselines = baselines;
        this.statistics = statistics;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(
                        "/baselines",
                        "listBaselines",
                        "Lists baselines of workloads, with their state and coverage.",
                        BaselinePage.class,
                        List.of(
                                Param.text("cluster", "cluster of the workload"),
                                Param.text("namespace", "namespace of the workload"),
                                Param.text("workload", "name of the workload"),
                                Param.text("detector", "id of the detector that uses the baseline"),
                                Param.choice("state", "state of the baseline", BaselineState.class),
                                Param.text("after", "next_after of the page before"),
                                Param.number("limit", "most rows of the page; 100 by default", 1, Call.MAX_LIMIT)),
                        this::baselines),
                Operation.get(
                        "/baselines/history",
                        "getBaselineHistory",
                        "Returns the state of a baseline at the end of each day, oldest first.",
                        History.class,
                        List.of(
                                Param.text("key", "key of the baseline: cluster|workload|detector")
                                        .needed(),
                                Param.time("since_ms", "start of the first day")),
                        this::history),
                Operation.get(
                        "/statistics",
                        "getStatistics",
                        "Returns alerts, decisions and precision by detector, and incidents by status and severity.",
                        Statistics.class,
                        List.of(Param.time("since_ms", "earliest time at which a counted alert was last seen")),
                        this::statistics));
    }

    private Answer baselines(Call call) throws SQLException {
        int limit = call.limit();
        List<Baseline> found = baselines.list(
                new BaselineStore.Query(
                        call.text("cluster"),
                        call.text("namespace"),
                        call.text("workload"),
                        call.text("detector"),
                        call.choice("state", BaselineState.class),
                        call.after(),
                        limit + 1),
                call.scope());
        Page<Baseline> page = Page.of(found, limit);
        return Answer.of(new BaselinePage(page.rows(), page.next(each -> Call.afterText(each.key()))));
    }

    private Answer history(Call call) throws SQLException {
        String key = call.required("key");
        Long since = call.number("since_ms");
        Baseline baseline = baselines
                .find(key, call.scope())
                .orElseThrow(() -> new HttpResponseException(404, "there is no baseline " + key));
        return Answer.of(new History(
                baseline.key(), baselines.history(baseline.key(), since == null ? 0 : since, Call.MAX_LIMIT)));
    }

    private Answer statistics(Call call) throws SQLException {
        return Answer.of(new Statistics(
                statistics.byDetector(call.number("since_ms"), call.scope()), statistics.byStatus(call.scope())));
    }
}
