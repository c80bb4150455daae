package dev.weir.policy.map;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Renders a map as JSON, as a graph for Graphviz, and as a page without external resources. */
public final class MapText {
    private static final String PAGE = "map.html";
    private static final String DATA = "/*DATA*/";

    private MapText() {}

    /**
     * Renders {@code {groups: [{name, members, outside}], connections: [{from, to, allowed, unknown}]}}, ends by the
     * index of the group.
     */
    public static ObjectNode json(ConnectivityMap map) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode groups = json.putArray("groups");
        for (Group group : map.groups()) {
            ObjectNode each = groups.addObject().put("name", group.display()).put("outside", group.outside());
            ArrayNode members = each.putArray("members");
            group.members().forEach(members::add);
        }
        Map<Group, Integer> places = new IdentityHashMap<>();
        map.groups().forEach(group -> places.put(group, places.size()));
        ArrayNode connections = json.putArray("connections");
        for (Connection connection : map.connections()) {
            ObjectNode each = connections
                    .addObject()
                    .put("from", places.get(connection.from()))
                    .put("to", places.get(connection.to()));
            each.put("allowed", connection.allowed().display());
            if (!connection.unknown().isEmpty()) {
                each.put("unknown", connection.unknown().display());
            }
        }
        json.put("hidden_blocks", map.hiddenBlocks());
        return json;
    }

    /** Renders differences, with the ends by name. */
    public static ArrayNode json(List<ConnectivityMap.Difference> differences) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        for (ConnectivityMap.Difference difference : differences) {
            json.addObject()
                    .put("from", difference.before().from().display())
                    .put("to", difference.before().to().display())
                    .put("before", difference.before().display())
                    .put("after", difference.after().display());
        }
        return json;
    }

    /** Renders a map in the language of Graphviz. */
    public static String dot(ConnectivityMap map) {
        StringBuilder dot = new StringBuilder("digraph connections {\n  rankdir=LR;\n  node [shape=box];\n");
        for (Group group : map.groups()) {
            if (group.outside()) {
                dot.append("  ").append(quoted(group.display())).append(" [style=dashed];\n");
            }
        }
        for (Connection connection : map.connections()) {
            dot.append("  ")
                    .append(quoted(connection.from().display()))
                    .append(" -> ")
                    .append(quoted(connection.to().display()))
                    .append(" [label=")
                    .append(quoted(connection.display()))
                    .append("];\n");
        }
        return dot.append("}\n").toString();
    }

    /** Renders a page with a picture and a table. */
    public static String html(ConnectivityMap map) {
        try (InputStream in = MapText.class.getResourceAsStream(PAGE)) {
            if (in == null) {
                throw new IllegalStateException(PAGE + " is missing from the jar");
            }
            String page = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            // A name may hold any character; in a script only this one could end it.
            return page.replace(DATA, json(map).toString().replace("<", "\\u003c"));
        } catch (IOException e) {
            throw new IllegalStateException(PAGE + " cannot be read from the jar", e);
        }
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
