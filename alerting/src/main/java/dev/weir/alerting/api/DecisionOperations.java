package dev.weir.alerting.api;

import dev.weir.alerting.api.Operation.Answer;
import dev.weir.alerting.auth.Role;
import dev.weir.alerting.incident.OutOfScopeException;
import dev.weir.alerting.service.IncidentService;
import dev.weir.alerting.store.DecisionStore;
import dev.weir.alerting.store.DecisionStore.Decision;
import dev.weir.model.Feedback;
import dev.weir.model.InvalidRecordException;
import io.javalin.http.HttpResponseException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What people decided: on alerts, on workloads, and what is to be suppressed. */
final class DecisionOperations {
    private final DecisionStore store;
    private final IncidentService incidents;
    private final InstantSource clock;

    /** Newest first. */
    record DecisionPage(List<Decision> decisions, @Nullable String nextCursor) {}

    /** What there is to decide about a workload. */
    enum WorkloadAction {
        RELEARN,
        LOCK
    }

    /** Whose baseline begins anew, or is complete. */
    record WorkloadDecision(
            @Required @Nullable WorkloadAction action,
            @Nullable String cluster,
            @Required @Nullable String namespace,
            @Required @Nullable String workload,
            @Nullable String reason) {}

    /**
     * Alerts that nobody is to be told of. What is absent is any.
     *
     * @param untilMs when it ends; absent for never
     */
    record Suppression(
            @Nullable String cluster,
            @Nullable String namespace,
            @Nullable String workload,
            @Nullable String detector,
            @Nullable String alert,
            @Nullable Long untilMs,
            @Required @Nullable String reason) {}

    DecisionOperations(DecisionStore store, IncidentService incidents, InstantSource clock) {
        this.store = store;
        this.incidents = incidents;
        this.clock = clock;
    }

    List<Operation> operations() {
        List<Param> paging = List.of(
                Param.text("namespace", "that they are about"),
                Param.flag("undone", "also those that hold no more: taken back, or ended"),
                Param.number("limit", "how many at most", 1, Call.MAX_LIMIT),
                Param.cursor());
        return List.of(
                Operation.get(
                        "/decisions",
                        "listDecisions",
                        "What people decided, newest first.",
                        DecisionPage.class,
                        Stream.concat(
                                        Stream.of(Param.word("action", "what was decided", Feedback.Action.class)),
                                        paging.stream())
                                .toList(),
                        call -> list(call, call.word("action", Feedback.Action.class))),
                Operation.get(
                        "/decisions/{id}",
                        "getDecision",
                        "One decision.",
                        Decision.class,
                        List.of(),
                        call -> Answer.of(found(call))),
                Operation.post(
                        "/decisions",
                        "decideOnWorkload",
                        "Lets a workload's baseline begin anew, or says that it is complete.",
                        Role.ADMIN,
                        WorkloadDecision.class,
                        Decision.class,
                        this::decide),
                Operation.delete(
                        "/decisions/{id}",
                        "undoDecision",
                        "Takes a decision back.",
                        Role.ADMIN,
                        Decision.class,
                        this::undo),
                Operation.get(
                        "/suppressions",
                        "listSuppressions",
                        "Suppressions, the newest first.",
                        DecisionPage.class,
                        paging,
                        call -> list(call, Feedback.Action.SUPPRESS)),
                Operation.post(
                        "/suppressions",
                        "suppress",
                        "Adds a suppression: alerts that match are kept, and no notifications are sent about them.",
                        Role.ADMIN,
                        Suppression.class,
                        Decision.class,
                        this::suppress));
    }

    private Answer list(Call call, Feedback.@Nullable Action action) throws SQLException {
        int limit = call.limit();
        List<Decision> found = store.list(
                new DecisionStore.Query(
                        action,
                        call.text("namespace"),
                        call.flag("undone") ? null : (Long) clock.millis(),
                        call.cursor(),
                        limit + 1),
                call.scope());
        List<Decision> page = found.subList(0, Math.min(limit, found.size()));
        Feedback last = found.size() > limit ? page.get(limit - 1).feedback() : null;
        return Answer.of(new DecisionPage(page, last == null ? null : Param.cursorText(last.atMs(), last.id())));
    }

    private Decision found(Call call) throws SQLException {
        return store.find(call.id(), call.scope())
                .orElseThrow(() -> new HttpResponseException(404, "there is no decision " + call.id()));
    }

    private Answer decide(Call call) throws SQLException {
        WorkloadDecision wanted = call.body(WorkloadDecision.class);
        WorkloadAction action = Objects.requireNonNull(wanted.action());
        return kept(
                call,
                wanted.namespace(),
                new Feedback(
                        UUID.randomUUID().toString(),
                        Feedback.Action.valueOf(action.name()),
                        wanted.cluster(),
                        wanted.namespace(),
                        wanted.workload(),
                        null,
                        null,
                        null,
                        clock.millis(),
                        call.caller().name(),
                        wanted.reason()));
    }

    private Answer suppress(Call call) throws SQLException {
        Suppression wanted = call.body(Suppression.class);
        Long until = wanted.untilMs();
        if (until != null && until <= clock.millis()) {
            throw new HttpResponseException(400, "the body's until_ms: is over already");
        }
        try {
            return kept(
                    call,
                    wanted.namespace(),
                    new Feedback(
                            UUID.randomUUID().toString(),
                            Feedback.Action.SUPPRESS,
                            wanted.cluster(),
                            wanted.namespace(),
                            wanted.workload(),
                            wanted.detector(),
                            wanted.alert(),
                            until,
                            clock.millis(),
                            call.caller().name(),
                            wanted.reason()));
        } catch (InvalidRecordException e) {
            throw new HttpResponseException(400, "the body: " + e.getMessage());
        }
    }

    private Answer kept(Call call, @Nullable String namespace, Feedback feedback) throws SQLException {
        if (!call.scope().has(namespace)) {
            throw new OutOfScopeException(
                    call.caller().name() + " may decide within some namespaces only; 'namespace' must be one of them");
        }
        incidents.decide(feedback);
        return Answer.created(Decision.of(feedback));
    }

    private Answer undo(Call call) throws SQLException {
        String by = found(call).undoneBy();
        return Answer.of(incidents
                .undo(call.id(), call.caller().name(), call.scope())
                .orElseThrow(() -> new HttpResponseException(
                        409, "decision " + call.id() + " has been undone already" + (by == null ? "" : " by " + by))));
    }
}
