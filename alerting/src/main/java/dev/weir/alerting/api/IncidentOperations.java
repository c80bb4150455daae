package dev.weir.alerting.api;

import dev.weir.alerting.api.Operation.Answer;
import dev.weir.alerting.auth.Role;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentChange;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.incident.TimelineEntry;
import dev.weir.alerting.service.IncidentChanges;
import dev.weir.alerting.store.IncidentStore;
import dev.weir.model.Severity;
import io.javalin.http.HttpResponseException;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Operations of incidents, their timelines and actions on them. */
final class IncidentOperations {
    private final IncidentStore store;
    private final IncidentChanges changes;

    /** A page of incidents, most recently seen first. */
    record IncidentPage(List<Incident> incidents, @Nullable String nextCursor) {}

    /** A page of a timeline in order of time. */
    record Timeline(List<TimelineEntry> entries, @Nullable Long nextAfter) {}

    /**
     * Request body of an action on an incident.
     *
     * @param reason free text; for a note its text
     * @param assignee new assignee, for {@code assign}
     * @param untilMs end of the snooze, for {@code snooze}
     */
    record ActionRequest(
            @Required IncidentChange.@Nullable Action action,
            @Nullable String reason,
            @Nullable String assignee,
            @Nullable Long untilMs) {}

    IncidentOperations(IncidentStore store, IncidentChanges changes) {
        this.store = store;
        this.changes = changes;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(
                        "/incidents",
                        "listIncidents",
                        "Lists incidents, most recently seen first.",
                        IncidentPage.class,
                        List.of(
                                Param.choice("status", "status of the incident", IncidentStatus.class),
                                Param.choice("severity", "least severity", Severity.class),
                                Param.text("cluster", "cluster of the first alert"),
                                Param.text("namespace", "namespace of the first alert"),
                                Param.text("assignee", "name of the assignee"),
                                Param.flag(
                                        "unreported",
                                        "true to include incidents about which no notifications are sent"),
                                Param.number("limit", "most rows of the page; 100 by default", 1, Call.MAX_LIMIT),
                                Param.cursor()),
                        this::list),
                Operation.get(
                        "/incidents/{id}",
                        "getIncident",
                        "Returns an incident, with its version in the ETag.",
                        Incident.class,
                        List.of(),
                        call -> answer(found(call))),
                Operation.get(
                        "/incidents/{id}/timeline",
                        "getTimeline",
                        "Returns the timeline of an incident: events and actions, with who, when and why.",
                        Timeline.class,
                        List.of(
                                Param.number("after", "seq of the last entry of the page before", 0, Long.MAX_VALUE),
                                Param.number("limit", "most rows of the page; 100 by default", 1, Call.MAX_LIMIT)),
                        this::timeline),
                Operation.post(
                        "/incidents/{id}/actions",
                        "changeIncident",
                        "Changes an incident. With If-Match, only if its version is still the same.",
                        Role.ANALYST,
                        ActionRequest.class,
                        Incident.class,
                        this::change));
    }

    private Answer list(Call call) throws SQLException {
        int limit = call.limit();
        List<Incident> found = store.list(
                new IncidentStore.Query(
                        call.text("cluster"),
                        call.choice("status", IncidentStatus.class),
                        call.choice("severity", Severity.class),
                        call.text("namespace"),
                        call.text("assignee"),
                        call.flag("unreported"),
                        call.cursor(),
                        limit + 1),
                call.scope());
        Page<Incident> page = Page.of(found, limit);
        return Answer.of(
                new IncidentPage(page.rows(), page.next(each -> Param.cursorText(each.lastSeenMs(), each.id()))));
    }

    private Incident found(Call call) throws SQLException {
        return store.find(call.id(), call.scope()).orElseThrow(() -> missing(call.id()));
    }

    private Answer timeline(Call call) throws SQLException {
        Long after = call.number("after");
        int limit = call.limit();
        List<TimelineEntry> found =
                store.timeline(found(call).id(), after == null ? 0 : after, limit + 1, call.scope());
        Page<TimelineEntry> page = Page.of(found, limit);
        return Answer.of(new Timeline(page.rows(), page.next(TimelineEntry::seq)));
    }

    private Answer change(Call call) throws SQLException {
        ActionRequest request = call.body(ActionRequest.class);
        IncidentChange.Action action = Objects.requireNonNull(request.action());
        IncidentChange change = new IncidentChange(
                action, call.caller().name(), request.reason(), request.assignee(), request.untilMs());
        return answer(
                changes.apply(call.id(), call.ifMatch(), change, call.scope()).orElseThrow(() -> missing(call.id())));
    }

    private static Answer answer(Incident incident) {
        return Answer.of(incident, incident.version());
    }

    private static HttpResponseException missing(String id) {
        return new HttpResponseException(
                404, "there is no incident " + id + "; GET /api/v1/incidents, or weir incidents list, gives the ids");
    }
}
