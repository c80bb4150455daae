package dev.weir.policy.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.InvalidPolicyException;
import dev.weir.policy.Policy;
import dev.weir.policy.dialect.admin.AdminDialect;
import dev.weir.policy.dialect.calico.CalicoDialect;
import dev.weir.policy.dialect.cilium.CiliumDialect;
import dev.weir.policy.dialect.istio.IstioDialect;
import dev.weir.policy.dialect.kubernetes.KubernetesDialect;
import dev.weir.policy.manifest.ChangeWriter;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The registry of dialects. */
public final class Dialects {
    private static final List<Dialect> ALL = List.of(
            new KubernetesDialect(),
            new AdminDialect(),
            new CiliumDialect(),
            new CalicoDialect(CalicoDialect.SERVED),
            new CalicoDialect(CalicoDialect.STORED),
            new IstioDialect());

    private static final Set<String> KINDS =
            ALL.stream().flatMap(dialect -> dialect.kinds().stream()).collect(Collectors.toUnmodifiableSet());

    private static final Set<String> REFERRED =
            ALL.stream().flatMap(dialect -> dialect.referredKinds().stream()).collect(Collectors.toUnmodifiableSet());

    /** Groups whose kinds are all known. */
    private static final Set<String> GROUPS_OF_POLICIES = Set.of("networking.k8s.io", "policy.networking.k8s.io");

    private static final Set<String> OTHER_KINDS = Set.of("Ingress", "IngressClass", "IPAddress", "ServiceCIDR");

    private Dialects() {}

    static List<Dialect> all() {
        return ALL;
    }

    /** The kinds of all dialects. */
    public static Set<String> kinds() {
        return KINDS;
    }

    /** True if any dialect has policies of that kind. */
    public static boolean isPolicy(String kind) {
        return KINDS.contains(kind);
    }

    /** True if the kind is one of policies that are not enforced, and say what would be. */
    public static boolean isStaged(String kind) {
        return ALL.stream().anyMatch(dialect -> dialect.stagedKinds().contains(kind));
    }

    /** Reads a policy of a staged kind; null for another object, and for one that stands for nothing. */
    public static @Nullable StagedPolicy staged(String kind, JsonNode object) {
        return ALL.stream()
                .filter(dialect -> dialect.stagedKinds().contains(kind))
                .findFirst()
                .map(dialect -> dialect.staged(kind, object))
                .orElse(null);
    }

    /** True if policies of any dialect refer to objects of that kind. */
    public static boolean isReferred(String kind) {
        return REFERRED.contains(kind);
    }

    /** True if a policy means something else in another cluster: its dialect refers to other objects. */
    public static boolean refers(String kind, JsonNode object) {
        Dialect dialect = of(kind, object);
        return dialect != null && !dialect.referredKinds().isEmpty();
    }

    /** True if the object is a policy: of a kind of a dialect, and of its group if it names one. */
    public static boolean isPolicy(JsonNode object) {
        return of(object.path("kind").asText(""), object) != null;
    }

    /** The dialects of policies whose references show that kind. */
    static List<Dialect> shownAs(String kind) {
        return ALL.stream()
                .filter(dialect ->
                        dialect.kinds().stream().map(dialect::shownKind).anyMatch(kind::equals))
                .toList();
    }

    /** The writer of changes that reverse a decision by a policy whose references show that kind; null for none. */
    public static @Nullable ChangeWriter changes(String shownKind, ClusterFacts facts) {
        List<Dialect> dialects = shownAs(shownKind);
        return dialects.isEmpty() ? null : dialects.get(0).changes(facts);
    }

    /** The groups that have policies of that kind; none for another kind. */
    public static List<String> groups(String kind) {
        return ALL.stream()
                .filter(dialect -> dialect.kinds().contains(kind))
                .map(Dialect::group)
                .toList();
    }

    /** The mistake in the kind of an object of a group of policies, a misspelling for instance; null for none. */
    public static @Nullable String unknownKind(JsonNode object) {
        String group = object.path("apiVersion").asText("").replaceAll("/.*", "");
        String kind = object.path("kind").asText("");
        boolean known = KINDS.contains(kind) || OTHER_KINDS.contains(kind) || kind.endsWith("List");
        if (!GROUPS_OF_POLICIES.contains(group) || known) {
            return null;
        }
        String kinds = ALL.stream()
                .filter(dialect -> dialect.group().equals(group))
                .flatMap(dialect -> dialect.kinds().stream())
                .sorted()
                .collect(Collectors.joining(", "));
        return "'" + kind + "' is no kind of " + group + "; its policies are " + kinds;
    }

    /** True if the object is a policy that belongs to no namespace. */
    public static boolean isOfCluster(JsonNode object) {
        String kind = object.path("kind").asText("");
        Dialect dialect = of(kind, object);
        return dialect != null && dialect.clusterKinds().contains(kind);
    }

    /**
     * Compiles a policy of any dialect.
     *
     * @param kind the kind, which the object itself may leave out
     * @param facts those of the cluster, which some policies refer to
     * @return the policies that the object stands for, of which most have one
     * @throws InvalidPolicyException naming the field
     */
    public static List<Policy> compile(String kind, JsonNode object, ClusterFacts facts) {
        Dialect dialect = of(kind, object);
        if (dialect == null) {
            throw new InvalidPolicyException(
                    kind,
                    "kind",
                    "is of no dialect; known are " + KINDS.stream().sorted().collect(Collectors.joining(", ")));
        }
        return dialect.compile(kind, object, facts);
    }

    /**
     * Refuses an object that is no policy, but to which policies refer.
     *
     * @throws InvalidPolicyException naming the field
     */
    public static void check(JsonNode object) {
        String group = object.path("apiVersion").asText("").replaceAll("/.*", "");
        for (Dialect dialect : ALL) {
            if (dialect.group().equals(group)) {
                dialect.check(object.path("kind").asText(""), object);
            }
        }
    }

    /**
     * An object's policies as they are in force in a cluster.
     *
     * @param problem the reason for which the engine cannot compile it; null when it was compiled
     */
    public record InForce(List<Policy> policies, @Nullable InvalidPolicyException problem) {}

    /**
     * Compiles a policy that a cluster has accepted. A policy that the engine cannot compile is still in force, and its
     * decisions are unknown.
     *
     * @throws InvalidPolicyException when it is of no dialect or has no name
     */
    public static InForce inForce(String kind, JsonNode object, ClusterFacts facts) {
        try {
            return new InForce(compile(kind, object, facts), null);
        } catch (InvalidPolicyException e) {
            Dialect dialect = of(kind, object);
            if (dialect == null) {
                throw e;
            }
            String why = "the policy cannot be read: " + e.field() + ": " + e.reason();
            return new InForce(List.of(Undecided.compile(dialect, kind, object, why)), e);
        }
    }

    /**
     * The reason for which the engine cannot compile a policy that a cluster has accepted; null if it can.
     *
     * @throws InvalidPolicyException when it is of no dialect or has no name
     */
    public static @Nullable InvalidPolicyException problem(String kind, JsonNode object) {
        return inForce(kind, object, ClusterFacts.NONE).problem();
    }

    private static @Nullable Dialect of(String kind, JsonNode object) {
        String version = object.path("apiVersion").asText("");
        int slash = version.indexOf('/');
        String group = slash < 0 ? "" : version.substring(0, slash);
        for (Dialect dialect : ALL) {
            // Calico has a kind NetworkPolicy of its own, so the group decides where it is given.
            if (dialect.kinds().contains(kind) && (version.isEmpty() || group.equals(dialect.group()))) {
                return dialect;
            }
        }
        return null;
    }
}
