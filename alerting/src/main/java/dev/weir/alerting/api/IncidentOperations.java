package dev.weir.alerting.api;

import dev.weir.alerting.api.Operation.Answer;
import dev.weir.alerting.auth.Role;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentChange;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.incident.TimelineEntry;
import dev.weir.alerting.service.IncidentService;
import dev.weir.alerting.store.IncidentStore;
import dev.weir.model.Severity;
import io.javalin.http.HttpResponseException;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Incidents, and what people do about them. */
final class IncidentOperations {
    private final IncidentStore store;
    private final IncidentService incidents;

    /** Most recently seen first. */
    record IncidentPage(List<Incident> incidents, @Nullable String nextCursor) {}

    /** In the order in which it happened. */
    record Timeline(List<TimelineEntry> entries, @Nullable Long nextAfter) {}

    /**
     * @param reason why; for a note its text
     * @param assignee for {@code assign}
     * @param untilMs for {@code snooze}
     */
    record ActionRequest(
            @Required IncidentChange.@Nullable Action action,
            @Nullable String reason,
            @Nullable String assignee,
            @Nullable Long untilMs) {}

    IncidentOperations(IncidentStore store, IncidentService incidents) {
        this.store = store;
        this.incidents = incidents;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(
                        "/incidents",
                        "listIncidents",
                        "Incidents, most recently seen first.",
                        IncidentPage.class,
                        List.of(
                                Param.word("status", "what is being done about them", IncidentStatus.class),
                                Param.word("severity", "this or worse", Severity.class),
                                Param.text("cluster", "in which they began"),
                                Param.text("namespace", "in which they began"),
                                Param.text("assignee", "who deals with them"),
                                Param.flag("unreported", "also incidents about which no notifications are sent"),
                                Param.number("limit", "how many at most", 1, Call.MAX_LIMIT),
                                Param.cursor()),
                        this::list),
                Operation.get(
                        "/incidents/{id}",
                        "getIncident",
                        "One incident; its ETag is what a change is held against.",
                        Incident.class,
                        List.of(),
                        call -> answer(found(call))),
                Operation.get(
                        "/incidents/{id}/timeline",
                        "getTimeline",
                        "What happened to an incident and what was done about it, by whom and why.",
                        Timeline.class,
                        List.of(
                                Param.number("after", "seq of the last entry that is known", 0, Long.MAX_VALUE),
                                Param.number("limit", "how many at most", 1, Call.MAX_LIMIT)),
                        this::timeline),
                Operation.post(
                        "/incidents/{id}/actions",
                        "changeIncident",
                        "Changes an incident. With If-Match, only if it has not been changed since.",
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
                        call.word("status", IncidentStatus.class),
                        call.word("severity", Severity.class),
                        call.text("namespace"),
                        call.text("assignee"),
                        call.flag("unreported"),
                        call.cursor(),
                        limit + 1),
                call.scope());
        List<Incident> page = found.subList(0, Math.min(limit, found.size()));
        Incident last = found.size() > limit ? page.get(limit - 1) : null;
        return Answer.of(new IncidentPage(page, last == null ? null : Param.cursorText(last.lastSeenMs(), last.id())));
    }

    private Incident found(Call call) throws SQLException {
        return store.find(call.id(), call.scope()).orElseThrow(() -> missing(call.id()));
    }

    private Answer timeline(Call call) throws SQLException {
        Long after = call.number("after");
        int limit = call.limit();
        List<TimelineEntry> found =
                store.timeline(found(call).id(), after == null ? 0 : after, limit + 1, call.scope());
        List<TimelineEntry> page = found.subList(0, Math.min(limit, found.size()));
        return Answer.of(new Timeline(
                page, found.size() > limit ? (Long) page.get(limit - 1).seq() : null));
    }

    private Answer change(Call call) throws SQLException {
        ActionRequest request = call.body(ActionRequest.class);
        IncidentChange.Action action = Objects.requireNonNull(request.action());
        IncidentChange change = new IncidentChange(
                action, call.caller().name(), request.reason(), request.assignee(), request.untilMs());
        return answer(incidents
                .change(call.id(), call.ifMatch(), change, call.scope())
                .orElseThrow(() -> missing(call.id())));
    }

    private static Answer answer(Incident incident) {
        return Answer.of(incident, incident.version());
    }

    private static HttpResponseException missing(String id) {
        return new HttpResponseException(404, "there is no incident " + id);
    }
}
