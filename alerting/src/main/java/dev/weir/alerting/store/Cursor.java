package dev.weir.alerting.store;

import org.jspecify.annotations.Nullable;

/** A position in a list that is ordered by time, newest first, and then by id. */
public record Cursor(long ms, String id) {
    static void after(Where where, @Nullable Cursor cursor, String time) {
        if (cursor != null) {
            // The first condition follows from the second; databases search an index by the first only.
            where.and(time + " <= :cursorMs and (" + time + " < :cursorMs or id > :cursorId)")
                    .bind("cursorMs", cursor.ms())
                    .bind("cursorId", cursor.id());
        }
    }
}
