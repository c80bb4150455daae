package dev.weir.policy.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.InvalidPolicyException;
import dev.weir.policy.Policy;
import dev.weir.policy.dialect.admin.AdminDialect;
import dev.weir.policy.dialect.calico.CalicoDialect;
import dev.weir.policy.dialect.cilium.CiliumDialect;
import dev.weir.policy.dialect.istio.IstioDialect;
import dev.weir.policy.dialect.kubernetes.KubernetesDialect;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every dialect there is. */
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

    /** Groups of which every kind is known. */
    private static final Set<String> GROUPS_OF_POLICIES = Set.of("networking.k8s.io", "policy.networking.k8s.io");

    private static final Set<String> OTHER_KINDS = Set.of("Ingress", "IngressClass", "IPAddress", "ServiceCIDR");

    private Dialects() {}

    /** The kinds of all dialects. */
    public static Set<String> kinds() {
        return KINDS;
    }

    /** Whether any dialect has policies of that kind. */
    public static boolean isPolicy(String kind) {
        return KINDS.contains(kind);
    }

    /** Whether the object is a policy: of a kind of a dialect, and of its group where it tells one. */
    public static boolean isPolicy(JsonNode object) {
        return of(object.path("kind").asText(""), object) != null;
    }

    /** The groups that have policies of that kind; none for what is no policy. */
    public static List<String> groups(String kind) {
        return ALL.stream()
                .filter(dialect -> dialect.kinds().contains(kind))
                .map(Dialect::group)
                .toList();
    }

    /**
     * What is wrong with the kind of an object that claims to be of a group of policies, mistyped for instance; null when
     * nothing is.
     */
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

    /** Whether the object is a policy that belongs to no namespace. */
    public static boolean isOfCluster(JsonNode object) {
        String kind = object.path("kind").asText("");
        Dialect dialect = of(kind, object);
        return dialect != null && dialect.clusterKinds().contains(kind);
    }

    /**
     * Compiles a policy of any dialect.
     *
     * @param kind which the object itself need not say
     * @throws InvalidPolicyException naming the field
     */
    public static Policy compile(String kind, JsonNode object) {
        Dialect dialect = of(kind, object);
        if (dialect == null) {
            throw new InvalidPolicyException(
                    kind,
                    "kind",
                    "is of no dialect; known are " + KINDS.stream().sorted().collect(Collectors.joining(", ")));
        }
        return dialect.compile(kind, object);
    }

    /**
     * A policy as it is in force in a cluster, whatever it holds.
     *
     * @param problem why it is unknown to the engine; null when it was compiled
     */
    public record InForce(Policy policy, @Nullable InvalidPolicyException problem) {}

    /**
     * Compiles a policy that a cluster has accepted. One that the engine cannot compile is still in force, and what it says is
     * unknown.
     *
     * @throws InvalidPolicyException when it is of no dialect or has no name
     */
    public static InForce inForce(String kind, JsonNode object) {
        try {
            return new InForce(compile(kind, object), null);
        } catch (InvalidPolicyException e) {
            Dialect dialect = of(kind, object);
            if (dialect == null) {
                throw e;
            }
            String why = "the policy cannot be read: " + e.field() + ": " + e.reason();
            return new InForce(Undecided.compile(dialect, kind, kind, object, why), e);
        }
    }

    private static @Nullable Dialect of(String kind, JsonNode object) {
        String version = object.path("apiVersion").asText("");
        int slash = version.indexOf('/');
        String group = slash < 0 ? "" : version.substring(0, slash);
        for (Dialect dialect : ALL) {
            // Calico calls a kind of its own NetworkPolicy too, so the group decides where it is told.
            if (dialect.kinds().contains(kind) && (version.isEmpty() || group.equals(dialect.group()))) {
                return dialect;
            }
        }
        return null;
    }
}
