package dev.weir.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.context.ClusterObject.NamedPort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The facts of a cluster that policies refer to beside pods, namespaces and nodes: its Services, groups of blocks,
 * names of ports, and the dialects that are enforced. Policies are compiled with the facts, so a set of policies holds
 * for the facts that it was compiled with. For any number of threads.
 */
public final class ClusterFacts {
    /** The facts of a cluster that has none of the objects. */
    public static final ClusterFacts NONE = new ClusterFacts(List.of(), List.of(), Set.of(), Set.of(), false);

    private final Map<String, List<JsonNode>> objects = new HashMap<>();
    private final Map<String, Set<Integer>> ports = new HashMap<>();
    private final Set<String> groups;
    private final Set<NetworkAgent> agents;
    private final boolean isComplete;
    private final Map<Class<?>, Object> views = new ConcurrentHashMap<>();

    /**
     * Creates the facts.
     *
     * @param objects all objects that policies may refer to, as the API has them
     * @param ports the named ports of all pods with a network of their own
     * @param groups the API groups of all objects
     * @param agents those that run in the cluster; empty if none is known
     * @param isComplete true if the cluster has no other objects
     */
    public ClusterFacts(
            Collection<? extends JsonNode> objects,
            Collection<NamedPort> ports,
            Set<String> groups,
            Set<NetworkAgent> agents,
            boolean isComplete) {
        objects.forEach(object -> this.objects
                .computeIfAbsent(object.path("kind").asText(), kind -> new ArrayList<>())
                .add(object));
        ports.forEach(port -> this.ports
                .computeIfAbsent(port.protocol() + "/" + port.name(), name -> new TreeSet<>())
                .add(port.port()));
        this.groups = Set.copyOf(groups);
        this.agents = Set.copyOf(agents);
        this.isComplete = isComplete;
    }

    /** The objects of a kind. */
    public List<JsonNode> objects(String kind) {
        return objects.getOrDefault(kind, List.of());
    }

    /** The numbers that pods with a network of their own give to the name of a port. */
    public Set<Integer> numbers(String protocol, String name) {
        return ports.getOrDefault(protocol + "/" + name, Set.of());
    }

    /** True if an object that is not among these does not exist. */
    public boolean isComplete() {
        return isComplete;
    }

    /** The agents of network plugins that run in the cluster; empty if none is known. */
    public Set<NetworkAgent> agents() {
        return agents;
    }

    /** True if the cluster has objects of an API group, whose dialect is enforced then. */
    public boolean has(String group) {
        return groups.contains(group);
    }

    /** The facts as a dialect reads them, which are kept. A reading may ask for the view of another type. */
    public <T> T view(Class<T> type, Function<ClusterFacts, T> reading) {
        Object known = views.get(type);
        if (known == null) {
            // Not computeIfAbsent, within which a map must not be changed.
            Object read = reading.apply(this);
            Object first = views.putIfAbsent(type, read);
            known = first == null ? read : first;
        }
        return type.cast(known);
    }
}
