package dev.weir.alerting.store;

import org.jspecify.annotations.Nullable;

/** A place in the order of a list: newest first, then by id. */
public record Cursor(long ms, String id) {
    static void after(Where where, @Nullable Cursor cursor, String time) {
        if (cursor != null) {
            where.and("(" + time + " < :cursorMs or (" + time + " = :cursorMs and id > :cursorId))")
                    .bind("cursorMs", cursor.ms())
                    .bind("cursorId", cursor.id());
        }
    }
}
