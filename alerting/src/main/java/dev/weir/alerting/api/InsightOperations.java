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

/** What is usual for workloads, and how it goes. */
final class InsightOperations {
    private final BaselineStore baselines;
    private final StatisticsStore statistics;

    /** In the order of their keys. */
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
                        "What is usual for workloads, with their state and coverage.",
                        BaselinePage.class,
                        List.of(
                                Param.text("cluster", "of the workload"),
                                Param.text("namespace", "of the workload"),
                                Param.text("workload", "its name"),
                                Param.text("detector", "that holds flows against it"),
                                Param.word("state", "how far it has come", BaselineState.class),
                                Param.text("after", "next_after of the page before"),
                                Param.number("limit", "how many at most", 1, Call.MAX_LIMIT)),
                        this::baselines),
                Operation.get(
                        "/baselines/history",
                        "getBaselineHistory",
                        "What a baseline was at the end of each day, oldest first.",
                        History.class,
                        List.of(
                                Param.text("key", "of the baseline: cluster|workload|detector")
                                        .needed(),
                                Param.time("since_ms", "of days that began then or later")),
                        this::history),
                Operation.get(
                        "/statistics",
                        "getStatistics",
                        "How many alerts each detector raised and how many were right, and how incidents stand.",
                        Statistics.class,
                        List.of(Param.time("since_ms", "of alerts that were last seen then or later")),
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
                        call.word("state", BaselineState.class),
                        call.after(),
                        limit + 1),
                call.scope());
        List<Baseline> page = found.subList(0, Math.min(limit, found.size()));
        String next = found.size() > limit ? Call.afterText(page.get(limit - 1).key()) : null;
        return Answer.of(new BaselinePage(page, next));
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
                statistics.byDetector(call.number("since_ms"), call.scope()), statistics.standings(call.scope())));
    }
}
