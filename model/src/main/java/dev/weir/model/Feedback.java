package dev.weir.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A person's decision: the value of {@code weir.feedback}, keyed by {@code id}. A decision holds until it is undone, by
 * a record without a value under its key, or until it expires.
 *
 * @param cluster, namespace, workload selectors of the entities concerned; null for any
 * @param detector id of the detector whose alerts are suppressed; null for any
 * @param alert id of the alert that was decided on; null for decisions on workloads
 * @param untilMs time of expiry; null for never
 * @param atMs time of the decision; a baseline is learned anew from then
 * @param by the person who decided, and {@code reason} why
 */
public record Feedback(
        String id,
        Action action,
        @Nullable String cluster,
        @Nullable String namespace,
        @Nullable String workload,
        @Nullable String detector,
        @Nullable String alert,
        @Nullable Long untilMs,
        long atMs,
        @Nullable String by,
        @Nullable String reason) {

    /** The kinds of decisions. */
    public enum Action {
        /** The alert was a false alarm; its behaviour belongs to the baseline. */
        EXPECTED,
        /** The alert was right; its behaviour stays out of the baseline. */
        NOT_EXPECTED,
        /** The workload's baseline begins anew. */
        RELEARN,
        /** The workload's baseline is complete; nothing is learned any more. */
        LOCK,
        /** Matching alerts are kept, and no notification is sent. */
        SUPPRESS,
        /** The decision with this id no longer holds. */
        UNDO;

        /** The id in metrics and in the database. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @SuppressWarnings("NullAway") // JSON may lack any component, despite its type
    public Feedback {
        if (id == null || id.isEmpty()) {
            throw new InvalidRecordException("id", "is missing");
        }
        if (action == null) {
            throw new InvalidRecordException("action", "is missing");
        }
        boolean onAlert = action == Action.EXPECTED || action == Action.NOT_EXPECTED;
        if (onAlert && alert == null) {
            throw new InvalidRecordException("alert", "is missing, and " + action + " is about an alert");
        }
        if (action == Action.SUPPRESS && isForAll(cluster, namespace, workload, detector, alert)) {
            throw new InvalidRecordException(
                    "detector",
                    "is missing, as are alert, workload, namespace and cluster: SUPPRESS would silence everything");
        }
        boolean onWorkload = action == Action.RELEARN || action == Action.LOCK;
        if (onWorkload && workload == null) {
            throw new InvalidRecordException("workload", "is missing, and " + action + " is about a workload");
        }
    }

    /** True if no selector restricts the decision. */
    private static boolean isForAll(@Nullable String... selectors) {
        for (String each : selectors) {
            if (each != null) {
                return false;
            }
        }
        return true;
    }

    /** Creates the decision that undoes another one. */
    public static Feedback undo(String id) {
        return new Feedback(id, Action.UNDO, null, null, null, null, null, null, 0, null, null);
    }

    /** True if the decision holds at a time. */
    public boolean holdsAt(long ms) {
        return untilMs == null || ms < untilMs;
    }

    /** True if the decision concerns an entity; an address without a workload counts as the workload. */
    public boolean isAbout(@Nullable String ofCluster, Entity entity) {
        String name = entity.workload() == null ? entity.ip() : entity.workload();
        return matches(cluster, ofCluster) && matches(namespace, entity.namespace()) && matches(workload, name);
    }

    private static boolean matches(@Nullable String wanted, @Nullable String actual) {
        return wanted == null || wanted.equals(actual);
    }
}
