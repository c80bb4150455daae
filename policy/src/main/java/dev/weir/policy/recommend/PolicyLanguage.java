package dev.weir.policy.recommend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Direction;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The terms in which a dialect writes policies that allow. */
interface PolicyLanguage {
    /** A destination port; null for every port of the protocol. */
    record Port(String protocol, @Nullable Integer number) {}

    /** The kind of the policies. */
    String kind();

    /**
     * Returns a policy for the pods with these labels, or for all pods of the namespace where there are none. Rules are
     * to be added to {@code ingress} and {@code egress} of its {@code spec}.
     */
    ObjectNode policy(String name, String namespace, Map<String, String> labels);

    /** Returns the rules that close a direction without others; none if a policy without rules closes it. */
    default List<ObjectNode> closing() {
        return List.of();
    }

    /**
     * Returns the rules for pods as peers.
     *
     * @param namespace null for that of the policy
     */
    List<ObjectNode> pods(
            Direction direction, @Nullable String namespace, Map<String, String> labels, List<Port> ports);

    /**
     * Returns the rules for addresses outside the cluster as peers.
     *
     * @param blocks with the exceptions of each
     */
    List<ObjectNode> addresses(Direction direction, Map<String, List<String>> blocks, List<Port> ports);

    /** Returns the rules for nodes of the cluster as peers, which have the addresses of the blocks. */
    default List<ObjectNode> nodes(Direction direction, Map<String, List<String>> blocks, List<Port> ports) {
        return addresses(direction, blocks, ports);
    }

    /** True if rules of egress can be about domain names. */
    default boolean knowsNames() {
        return false;
    }

    /**
     * Returns the rules of egress to domain names.
     *
     * @throws UnsupportedOperationException in a language that does not know them
     */
    default List<ObjectNode> names(Set<String> names, List<Port> ports) {
        throw new UnsupportedOperationException(kind() + " knows no domain names");
    }

    /** Returns the rules that allow questions of DNS to pods. */
    default List<ObjectNode> dns(@Nullable String namespace, Map<String, String> labels, List<Port> ports) {
        return pods(Direction.EGRESS, namespace, labels, ports);
    }

    /** Returns a policy that has its name and namespace only. */
    default ObjectNode header(String apiVersion, String name, String namespace) {
        ObjectNode policy = JsonNodeFactory.instance.objectNode();
        policy.put("apiVersion", apiVersion).put("kind", kind());
        policy.putObject("metadata").put("name", name).put("namespace", namespace);
        return policy;
    }

    /** Returns a list of texts. */
    static JsonNode texts(Iterable<String> texts) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        texts.forEach(array::add);
        return array;
    }
}
