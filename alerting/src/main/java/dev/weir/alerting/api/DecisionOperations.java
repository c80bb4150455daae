package dev.weir.alerting.api;

import dev.weir.alerting.api.Operation.Answer;
import dev.weir.alerting.auth.Role;
import dev.weir.alerting.incident.OutOfScopeException;
import dev.weir.alerting.service.IncidentDecisions;
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

/** Operations of decisions: on alerts, on workloads, and suppressions. */
final class DecisionOperations {
    private final DecisionStore store;
    private final IncidentDecisions decisions;
    private final InstantSource clock;

    /** A page of decisions, newest first. */
    record DecisionPage(List<Decision> decisions, @Nullable String nextCursor) {}

    /** Actions on the baselines of a workload. */
    enum WorkloadAction {
        RELEARN,
        LOCK
    }

    /** Request body of a decision on a workload. */
    record WorkloadDecision(
            @Required @Nullable WorkloadAction action,
            @Nullable String cluster,
            @Required @Nullable String namespace,
            @Required @Nullable String workload,
            @Nullable String reason) {}

    /**
     * Request body of a suppression; an absent field matches any value.
     *
     * @param untilMs end of the suppression; absent for no end
     */
    record Suppression(
            @Nullable String cluster,
            @Nullable String namespace,
            @Nullable String workload,
            @Nullable String detector,
            @Nullable String alert,
            @Nullable Long untilMs,
            @Required @Nullable String reason) {}

    DecisionOperations(DecisionStore store, IncidentDecisions decisions, InstantSource clock) {
        this.store = store;
        this.decisions = decisions;
        this.clock = clock;
    }

    List<Operation> operations() {
        List<Param> paging = List.of(
                Param.text("namespace", "namespace of the decision"),
                Param.flag("undone", "true to include decisions that were undone or have ended"),
                Param.number("limit", "most rows of the page; 100 by default", 1, Call.MAX_LIMIT),
                Param.cursor());
        return List.of(
                Operation.get(
                        "/decisions",
                        "listDecisions",
                        "Lists decisions, newest first.",
                        DecisionPage.class,
                        Stream.concat(
                                        Stream.of(Param.choice("action", "kind of decision", Feedback.Action.class)),
                                        paging.stream())
                                .toList(),
                        call -> list(call, call.choice("action", Feedback.Action.class))),
                Operation.get(
                        "/decisions/{id}",
                        "getDecision",
                        "Returns a decision.",
                        Decision.class,
                        List.of(),
                        call -> Answer.of(found(call))),
                Operation.post(
                        "/decisions",
                        "decideOnWorkload",
                        "Restarts the learning of a workload's baselines, or locks them as complete.",
                        Role.ADMIN,
                        WorkloadDecision.class,
                        Decision.class,
                        this::decide),
                Operation.delete(
                        "/decisions/{id}",
                        "undoDecision",
                        "Undoes a decision.",
                        Role.ADMIN,
                        Decision.class,
                        this::undo),
                Operation.get(
                        "/suppressions",
                        "listSuppressions",
                        "Lists suppressions, newest first.",
                        DecisionPage.class,
                        paging,
                        call -> list(call, Feedback.Action.SUPPRESS)),
                Operation.post(
                        "/suppressions",
                        "suppress",
                        "Adds a suppression: matching alerts are kept, and no notifications are sent about them.",
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
        Page<Decision> page = Page.of(found, limit);
        return Answer.of(new DecisionPage(
                page.rows(),
                page.next(each ->
                        Param.cursorText(each.feedback().atMs(), each.feedback().id()))));
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
            throw new HttpResponseException(400, "'until_ms' must be in the future, in milliseconds since 1970");
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
        decisions.decide(feedback);
        return Answer.created(Decision.of(feedback));
    }

    private Answer undo(Call call) throws SQLException {
        String by = found(call).undoneBy();
        return Answer.of(decisions
                .undo(call.id(), call.caller().name(), call.scope())
                .orElseThrow(() -> new HttpResponseException(
                        409, "decision " + call.id() + " has been undone already" + (by == null ? "" : " by " + by))));
    }
}
