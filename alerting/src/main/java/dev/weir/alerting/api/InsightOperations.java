package dev.weir.alerting.api;

import dev.weir.alerting.api.Operation.Answer;
import dev.weir.alerting.store.BaselineStore;
import dev.weir.alerting.store.StatisticsStore;
import dev.weir.model.Baseline;
import dev.weir.model.BaselineState;
import io.javalin.http.HttpResponseException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is usual for workloads, and how it goes. */
final class InsightOperations {
    private final BaselineStore baselines;
    private final StatisticsStore statistics;

    /** In the order of their keys. */
    record BaselinePage(List<Baseline> baselines, @Nullable String nextAfter) {}

    record Statistics(List<StatisticsStore.ByDetector> detectors, List<StatisticsStore.Standing> incidents) {}

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
                                Param.text("namespace", "of the workload"),
                                Param.text("workload", "its name"),
                                Param.text("detector", "that holds flows against it"),
                                Param.word("state", "how far it has come", BaselineState.class),
                                Param.text("after", "next_after of the page before"),
                                Param.number("limit", "how many at most", 1, Call.MAX_LIMIT)),
                        this::baselines),
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
        String after = call.text("after");
        List<Baseline> found = baselines.list(
                new BaselineStore.Query(
                        call.text("namespace"),
                        call.text("workload"),
                        call.text("detector"),
                        call.word("state", BaselineState.class),
                        after == null ? null : decoded(after),
                        limit + 1),
                call.scope());
        List<Baseline> page = found.subList(0, Math.min(limit, found.size()));
        String next = found.size() > limit ? page.get(limit - 1).key() : null;
        return Answer.of(new BaselinePage(
                page,
                next == null
                        ? null
                        : Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(next.getBytes(StandardCharsets.UTF_8))));
    }

    private static String decoded(String after) {
        try {
            String key = new String(Base64.getUrlDecoder().decode(after), StandardCharsets.UTF_8);
            if (key.indexOf('\0') < 0) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new HttpResponseException(400, "after must be a next_after of an earlier answer");
    }

    private Answer statistics(Call call) throws SQLException {
        return Answer.of(new Statistics(
                statistics.byDetector(call.number("since_ms"), call.scope()), statistics.standings(call.scope())));
    }
}
