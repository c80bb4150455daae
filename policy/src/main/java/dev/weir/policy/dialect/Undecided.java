package dev.weir.policy.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import dev.weir.policy.Action;
import dev.weir.policy.Holds;
import dev.weir.policy.Identity;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import dev.weir.policy.Policy;
import dev.weir.policy.Rule;
import dev.weir.policy.Tier;
import dev.weir.policy.clause.Fields;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A policy that is in force and not compiled, since its dialect is not evaluated or the engine cannot read it: it may
 * allow or deny any traffic of the pods within its reach, so decisions about them are unknown.
 */
public final class Undecided {
    private Undecided() {}

    /** Compiles a policy of a dialect that is not evaluated. */
    public static Policy compile(Dialect dialect, String kind, JsonNode object) {
        return compile(
                dialect, kind, object, "policies of the kind " + dialect.shownKind(kind) + " are not understood yet");
    }

    /**
     * Compiles a policy with unknown effect.
     *
     * @param why the reason, as explanations and lints give it
     */
    public static Policy compile(Dialect dialect, String kind, JsonNode object, String why) {
        boolean clusterWide = dialect.clusterKinds().contains(kind);
        String namespace =
                clusterWide ? null : object.path("metadata").path("namespace").asText("default");
        Fields root = Fields.of(kind, namespace, object);
        PolicyRef ref = new PolicyRef(
                dialect.shownKind(kind),
                namespace,
                root.child("metadata").child("name").text(),
                null);
        return new Policy(
                ref,
                Tier.ADMIN,
                Double.NEGATIVE_INFINITY,
                new Reach(namespace, why),
                EnumSet.allOf(Direction.class),
                Set.of(),
                Map.of(
                        Direction.INGRESS, rules(ref, Direction.INGRESS, why),
                        Direction.EGRESS, rules(ref, Direction.EGRESS, why)));
    }

    private static List<Rule> rules(PolicyRef ref, Direction direction, String why) {
        List<PeerClause> peers = List.of(new AnyPeer(why));
        return List.of(
                Rule.of(ref, direction, 0, null, Action.ALLOW, peers, List.of()),
                Rule.of(ref, direction, 0, null, Action.DENY, peers, List.of()));
    }

    /**
     * The pods that the policy may be about.
     *
     * @param namespace null for all
     * @param why the reason for which the effect of the policy is unknown
     */
    public record Reach(@Nullable String namespace, String why) implements Policy.Subject {
        @Override
        public boolean selects(Identity pod) {
            return !pod.hostNetwork() && (namespace == null || namespace.equals(pod.namespace()));
        }
    }

    private record AnyPeer(String why) implements PeerClause {
        @Override
        public Holds holds(Peer peer) {
            return Holds.UNKNOWN;
        }

        @Override
        public List<String> reasons(Peer peer) {
            return List.of(why);
        }
    }
}
