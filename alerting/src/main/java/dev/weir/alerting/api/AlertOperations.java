package dev.weir.alerting.api;

import dev.weir.alerting.api.Operation.Answer;
import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.auth.Role;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.service.IncidentDecisions;
import dev.weir.alerting.store.AlertStore;
import dev.weir.model.Severity;
import io.javalin.http.HttpResponseException;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Operations of alerts and of people's decisions on them. */
final class AlertOperations {
    private final AlertStore store;
    private final IncidentDecisions decisions;
    private final Links links;

    /** The order of a list of alerts. */
    enum Order {
        LAST_SEEN,
        ID
    }

    /** A page of alerts in the requested order. */
    record AlertPage(
            List<AlertWithRunbook> alerts, @Nullable String nextCursor) {}

    /**
     * Request body of a decision on an alert.
     *
     * @param expected true for a false alarm
     * @param reason free text
     */
    record DecisionRequest(
            @Required @Nullable Boolean expected, @Nullable String reason) {}

    /**
     * An alert with the decision on it.
     *
     * @param decision {@code expected}, {@code not_expected} or absent
     */
    record AlertWithDecision(
            AlertWithRunbook alert,
            String incident,
            @Nullable String decision) {}

    AlertOperations(AlertStore store, IncidentDecisions decisions, Links links) {
        this.store = store;
        this.decisions = decisions;
        this.links = links;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(
                        "/alerts",
                        "listAlerts",
                        "Lists alerts, most recently seen first.",
                        AlertPage.class,
                        List.of(
                                Param.choice("severity", "least severity", Severity.class),
                                Param.text("cluster", "name of the cluster"),
                                Param.text("detector", "id of the detector"),
                                Param.text("category", "ATT&CK tactic, or policy, baseline or posture"),
                                Param.text("namespace", "namespace of the source or the destination"),
                                Param.text("workload", "workload of the source"),
                                Param.text("incident", "id of the incident"),
                                Param.choice("status", "status of the incident", IncidentStatus.class),
                                Param.time("since_ms", "start of the span in which the alert was last seen"),
                                Param.time("until_ms", "end of that span, exclusive"),
                                Param.choice(
                                        "order",
                                        "last_seen by default; with id, alerts that change during paging stay on their page",
                                        Order.class),
                                Param.number("limit", "most rows of the page; 100 by default", 1, Call.MAX_LIMIT),
                                Param.cursor()),
                        this::list),
                Operation.get(
                        "/alerts/{id}",
                        "getAlert",
                        "Returns the newest revision of an alert.",
                        AlertWithRunbook.class,
                        List.of(),
                        call -> Answer.of(visible(found(call), call.scope()))),
                Operation.get(
                        "/alerts/{id}/decision",
                        "getDecisionOnAlert",
                        "Returns an alert with the decision on it.",
                        AlertWithDecision.class,
                        List.of(),
                        call -> Answer.of(withDecision(found(call), call.scope()))),
                Operation.post(
                        "/alerts/{id}/decision",
                        "decideOnAlert",
                        "Decides that an alert was expected, a false alarm, which the baseline learns, or not expected.",
                        Role.ANALYST,
                        DecisionRequest.class,
                        AlertWithDecision.class,
                        this::decide));
    }

    private Answer list(Call call) throws SQLException {
        int limit = call.limit();
        boolean isById = call.choice("order", Order.class) == Order.ID;
        AlertStore.Query query = new AlertStore.Query(
                call.text("cluster"),
                call.choice("severity", Severity.class),
                call.text("detector"),
                call.text("category"),
                call.text("namespace"),
                call.text("workload"),
                call.text("incident"),
                call.choice("status", IncidentStatus.class),
                call.number("since_ms"),
                call.number("until_ms"),
                call.cursor(),
                limit + 1);
        List<AlertStore.Stored> found = isById ? store.listById(query, call.scope()) : store.list(query, call.scope());
        Page<AlertStore.Stored> page = Page.of(found, limit);
        return Answer.of(new AlertPage(
                page.rows().stream().map(each -> visible(each, call.scope())).toList(),
                page.next(each ->
                        Param.cursorText(each.alert().lastSeenMs(), each.alert().id()))));
    }

    private AlertStore.Stored found(Call call) throws SQLException {
        return store.find(call.id(), call.scope()).orElseThrow(() -> missing(call.id()));
    }

    private Answer decide(Call call) throws SQLException {
        DecisionRequest request = call.body(DecisionRequest.class);
        boolean isExpected = Objects.requireNonNull(request.expected());
        return Answer.of(withDecision(
                decisions
                        .decideOn(call.id(), isExpected, call.caller().name(), request.reason(), call.scope())
                        .orElseThrow(() -> missing(call.id())),
                call.scope()));
    }

    private AlertWithDecision withDecision(AlertStore.Stored stored, NamespaceScope scope) {
        return new AlertWithDecision(visible(stored, scope), stored.incident(), stored.decision());
    }

    private AlertWithRunbook visible(AlertStore.Stored stored, NamespaceScope scope) {
        return new AlertWithRunbook(RedactedAlert.by(scope, stored.alert()), links.runbook(stored.alert()));
    }

    private static HttpResponseException missing(String id) {
        return new HttpResponseException(
                404, "there is no alert " + id + "; GET /api/v1/alerts, or weir alerts list, gives the ids");
    }
}
