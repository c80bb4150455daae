package dev.weir.alerting.api;

import dev.weir.alerting.api.Operation.Answer;
import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.auth.Role;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.service.IncidentService;
import dev.weir.alerting.store.AlertStore;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import io.javalin.http.HttpResponseException;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Alerts, and what people find them to be. */
final class AlertOperations {
    private final AlertStore store;
    private final IncidentService incidents;

    /** In which alerts are listed. */
    enum Order {
        LAST_SEEN,
        ID
    }

    /** In the order asked for. */
    record AlertPage(List<Alert> alerts, @Nullable String nextCursor) {}

    /**
     * @param expected whether it was a false alarm
     * @param reason why
     */
    record Judgement(
            @Required @Nullable Boolean expected, @Nullable String reason) {}

    /** @param decision {@code expected}, {@code not_expected} or absent */
    record Judged(Alert alert, String incident, @Nullable String decision) {}

    AlertOperations(AlertStore store, IncidentService incidents) {
        this.store = store;
        this.incidents = incidents;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(
                        "/alerts",
                        "listAlerts",
                        "Alerts, most recently seen first.",
                        AlertPage.class,
                        List.of(
                                Param.word("severity", "this or worse", Severity.class),
                                Param.text("cluster", "that they are of"),
                                Param.text("detector", "id of the detector"),
                                Param.text("category", "ATT&CK tactic, policy, baseline or posture"),
                                Param.text("namespace", "of either end"),
                                Param.text("workload", "of the source"),
                                Param.text("incident", "that they belong to"),
                                Param.word("status", "of their incident", IncidentStatus.class),
                                Param.time("since_ms", "last seen then or later"),
                                Param.time("until_ms", "last seen before"),
                                Param.word(
                                        "order",
                                        "last_seen, the default; id, so that no page leaves out alerts that change meanwhile",
                                        Order.class),
                                Param.number("limit", "how many at most", 1, Call.MAX_LIMIT),
                                Param.cursor()),
                        this::list),
                Operation.get(
                        "/alerts/{id}",
                        "getAlert",
                        "One alert, in its newest revision.",
                        Alert.class,
                        List.of(),
                        call -> Answer.of(
                                RedactedAlert.by(call.scope(), found(call).alert()))),
                Operation.get(
                        "/alerts/{id}/decision",
                        "getDecisionOnAlert",
                        "What a person found an alert to be.",
                        Judged.class,
                        List.of(),
                        call -> Answer.of(judged(found(call), call.scope()))),
                Operation.post(
                        "/alerts/{id}/decision",
                        "judgeAlert",
                        "Says whether an alert was a false alarm, which the baseline learns, or right.",
                        Role.ANALYST,
                        Judgement.class,
                        Judged.class,
                        this::judge));
    }

    private Answer list(Call call) throws SQLException {
        int limit = call.limit();
        boolean isById = call.word("order", Order.class) == Order.ID;
        AlertStore.Query query = new AlertStore.Query(
                call.text("cluster"),
                call.word("severity", Severity.class),
                call.text("detector"),
                call.text("category"),
                call.text("namespace"),
                call.text("workload"),
                call.text("incident"),
                call.word("status", IncidentStatus.class),
                call.number("since_ms"),
                call.number("until_ms"),
                call.cursor(),
                limit + 1);
        List<AlertStore.Stored> found = isById ? store.listById(query, call.scope()) : store.list(query, call.scope());
        List<Alert> page = found.stream()
                .limit(limit)
                .map(each -> RedactedAlert.by(call.scope(), each.alert()))
                .toList();
        Alert last = found.size() > limit ? page.get(limit - 1) : null;
        return Answer.of(new AlertPage(page, last == null ? null : Param.cursorText(last.lastSeenMs(), last.id())));
    }

    private AlertStore.Stored found(Call call) throws SQLException {
        return store.find(call.id(), call.scope()).orElseThrow(() -> missing(call.id()));
    }

    private Answer judge(Call call) throws SQLException {
        Judgement judgement = call.body(Judgement.class);
        boolean isExpected = Objects.requireNonNull(judgement.expected());
        return Answer.of(judged(
                incidents
                        .judge(call.id(), isExpected, call.caller().name(), judgement.reason(), call.scope())
                        .orElseThrow(() -> missing(call.id())),
                call.scope()));
    }

    private static Judged judged(AlertStore.Stored stored, NamespaceScope scope) {
        return new Judged(RedactedAlert.by(scope, stored.alert()), stored.incident(), stored.decision());
    }

    private static HttpResponseException missing(String id) {
        return new HttpResponseException(404, "there is no alert " + id);
    }
}
