package dev.weir.alerting.api;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one page of a list.
 *
 * @param hasMore true if rows follow on a further page
 */
record Page<T>(List<T> rows, boolean hasMore) {

    /** The first {@code limit} rows; {@code found} holds one more if there is a further page. */
    static <T> Page<T> of(List<T> found, int limit) {
        boolean hasMore = found.size() > limit;
        return new Page<>(hasMore ? found.subList(0, limit) : found, hasMore);
    }

    /** The position after the last row, for the request of the next page; null on the last page. */
    <P> @Nullable P next(Function<T, P> position) {
        return hasMore ? position.apply(rows.get(rows.size() - 1)) : null;
    }
}
