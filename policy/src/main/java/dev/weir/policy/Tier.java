package dev.weir.policy;

import java.util.Comparator;

/**
 * Policies that are evaluated together. The tiers follow each other in their order, and the first that decides is
 * final. Where no rule of a tier matches, the traffic is denied if a policy of the tier isolates the pod in the
 * direction, and is left to the next tier otherwise.
 *
 * @param id the id in JSON
 * @param order the tier with the lowest is first
 * @param isOrdered true if the policies are evaluated in order of priority, and the first rule that matches decides;
 *     false if any rule that denies does, and else any rule that allows
 * @param isOfMesh true if proxies of a mesh enforce the policies, on what a pod receives, beside those of the network
 * @param ownHost the traffic of a pod with its own host that the policies bind
 */
public record Tier(String id, double order, boolean isOrdered, boolean isOfMesh, OwnHost ownHost)
        implements Comparable<Tier> {
    /** Rules that come before the policies of namespaces. */
    public static final Tier ADMIN = new Tier("admin", 0, true);

    /** Policies of a namespace: selection isolates the pod, and any rule of any of them allows. */
    public static final Tier NAMESPACE = new Tier("namespace", 1, false);

    /** Rules that are evaluated only where no policy of a namespace selects the pod. */
    public static final Tier BASELINE = new Tier("baseline", 2, true);

    /**
     * Policies of Cilium, and the NetworkPolicies that Cilium enforces: a policy may select pods without isolating
     * them, and the pod's own host is not bound by isolation, though by rules that deny.
     */
    public static final Tier CILIUM = new Tier("cilium", 1, false, OwnHost.RULES);

    /** Refusals of plaintext by a mesh, which come before its other policies. */
    public static final Tier MESH_MTLS = new Tier("mesh-mtls", 0, false, true, OwnHost.ALL);

    /** Policies of a mesh about who may do what: a rule that denies decides, and else any that allows. */
    public static final Tier MESH = new Tier("mesh", 1, false, true, OwnHost.ALL);

    private static final Comparator<Tier> ORDER =
            Comparator.comparingDouble(Tier::order).thenComparing(Tier::id);

    /** Creates a tier of policies that the network enforces. */
    public Tier(String id, double order, boolean isOrdered, OwnHost ownHost) {
        this(id, order, isOrdered, false, ownHost);
    }

    private Tier(String id, double order, boolean isOrdered) {
        this(id, order, isOrdered, OwnHost.FREE);
    }

    @Override
    public int compareTo(Tier other) {
        return ORDER.compare(this, other);
    }
}
