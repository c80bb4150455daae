package dev.weir.alerting.store;

import org.jspecify.annotations.Nullable;

/** A place in the order of a list: newest first, then by id. */
public record Cursor(long ms, String id) {
    static void after(Where where, @Nullable Cursor cursor, String time) {
        if (cursor != null) {
            // Said twice, since an index is searched by the first only.
            where.and(time + " <= :cursorMs and (" + time + " < :cursorMs or id > :cursorId)")
                    .bind("cursorMs", cursor.ms())
                    .bind("cursorId", cursor.id());
        }
    }
}
