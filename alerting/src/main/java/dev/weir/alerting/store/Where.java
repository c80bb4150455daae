package dev.weir.alerting.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Builds the conditions of a query. Values are bound as parameters and never written into the SQL. */
final class Where {
    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Map<String, Collection<String>> lists = new LinkedHashMap<>();

    /** Adds a condition without a parameter. */
    Where and(String condition) {
        conditions.add(condition);
        return this;
    }

    /** Adds a condition unless the value is null; the value is the parameter {@code name} in it. */
    Where and(String condition, String name, @Nullable Object value) {
        if (value != null) {
            conditions.add(condition);
            values.put(name, value);
        }
        return this;
    }

    /**
     * Adds a condition with a list, written {@code <name>} in it; null adds nothing, and an empty list matches no row.
     */
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

    /** Binds a list of another part of the query. */
    Where bindList(String name, Collection<String> list) {
        lists.put(name, list);
        return this;
    }

    String sql() {
        return conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
    }

    /** The conditions together with another one; an empty one adds nothing. */
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
