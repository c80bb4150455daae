package dev.weir.alerting.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Conditions that a query is put together from; values are bound and never written into it. */
final class Where {
    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Map<String, Collection<String>> lists = new LinkedHashMap<>();

    /** One without a value of its own. */
    Where and(String condition) {
        conditions.add(condition);
        return this;
    }

    /** One that counts when there is a value; it has that name in the condition. */
    Where and(String condition, String name, @Nullable Object value) {
        if (value != null) {
            conditions.add(condition);
            values.put(name, value);
        }
        return this;
    }

    /** One with a list, which is {@code <name>} in the condition. */
    Where in(String condition, String name, @Nullable Collection<String> list) {
        if (list == null) {
            return this;
        }
        if (list.isEmpty()) {
            conditions.add("1 = 0");
            return this;
        }
        conditions.add(condition);
        lists.put(name, list);
        return this;
    }

    Where bind(String name, Object value) {
        values.put(name, value);
        return this;
    }

    /** For a part of the query that is no condition. */
    Where bindList(String name, Collection<String> list) {
        lists.put(name, list);
        return this;
    }

    String sql() {
        return conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
    }

    /** With one more condition; empty for none. */
    String sqlWith(String condition) {
        if (condition.isEmpty()) {
            return sql();
        }
        return conditions.isEmpty() ? " where " + condition : sql() + " and " + condition;
    }

    Query bound(Query query) {
        lists.forEach((name, list) -> query.bindList(name, List.copyOf(list)));
        return query.bindMap(values);
    }
}
