package dev.weir.policy.cluster;

/** An owner of pods: a Deployment, a StatefulSet, or a pod without an owner. */
public record Workload(String namespace, String kind, String name) implements Comparable<Workload> {

    /** The name for people: {@code shop/db (StatefulSet)}. */
    public String display() {
        return namespace + "/" + name + " (" + kind + ")";
    }

    @Override
    public int compareTo(Workload other) {
        int byNamespace = namespace.compareTo(other.namespace);
        int byName = byNamespace == 0 ? name.compareTo(other.name) : byNamespace;
        return byName == 0 ? kind.compareTo(other.kind) : byName;
    }
}
