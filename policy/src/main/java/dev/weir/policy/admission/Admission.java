package dev.weir.policy.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.common.manifest.Manifest;
import dev.weir.common.manifest.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Predicts the answers of the API server (Kubernetes 1.36, with the definitions of network-policy-api) to a policy that
 * is written with strict field validation, as kubectl requests it. A test compares them with a real server.
 */
public final class Admission {
    private static final String BASELINE = "BaselineAdminNetworkPolicy";

    private static final Map<String, Kind> KINDS = Map.of(
            "NetworkPolicy",
            new Kind("networking.k8s.io/v1", NetworkPolicies.SHAPE, true),
            "AdminNetworkPolicy",
            new Kind("policy.networking.k8s.io/v1alpha1", ClusterPolicies.ADMIN, false),
            BASELINE,
            new Kind("policy.networking.k8s.io/v1alpha1", ClusterPolicies.BASELINE, false),
            "ClusterNetworkPolicy",
            new Kind("policy.networking.k8s.io/v1alpha2", ClusterPolicies.CLUSTER, false));

    private record Kind(String version, Shape shape, boolean builtIn) {}

    private Admission() {}

    /** True if the object is a policy of a kind whose rules are known here. */
    public static boolean knows(JsonNode object) {
        Kind known = KINDS.get(object.path("kind").asText(""));
        return known != null && isOf(known, object);
    }

    /**
     * The mistakes for which an object of a file is refused, each with its line; empty when it is accepted, and for
     * other kinds.
     */
    public static List<Problem> problems(Manifest manifest) {
        return refusals(manifest.kind(), manifest.object()).stream()
                .map(refusal -> manifest.problem(refusal.field(), refusal.reason()))
                .toList();
    }

    /**
     * The mistakes for which a policy is refused; empty when it is accepted, and for other kinds.
     *
     * @param kind the kind, which the object itself may leave out
     */
    public static List<Refusal> refusals(String kind, JsonNode object) {
        Kind known = KINDS.get(kind);
        if (known == null || !isOf(known, object)) {
            return List.of();
        }
        List<Refusal> refusals = new ArrayList<>();
        JsonNode version = object.path("apiVersion");
        if (version.isMissingNode() || version.isNull()) {
            refusals.add(new Refusal("apiVersion", "is missing"));
        } else if (version.isTextual() && !version.textValue().equals(known.version())) {
            refusals.add(new Refusal("apiVersion", "'" + version.textValue() + "' is not " + known.version()));
        }
        JsonNode metadata = known.shape().read("", object, refusals).path("metadata");
        if (!metadata.isMissingNode() && !metadata.isObject()) {
            return refusals;
        }
        Metadata.requireName(metadata, refusals);
        if (known.builtIn()) {
            Metadata.namespace(metadata, refusals);
            Metadata.standardFinalizers(metadata, refusals);
        }
        if (kind.equals(BASELINE)) {
            requireDefault(metadata, refusals);
        }
        return refusals;
    }

    /** Refuses {@code generateName} for a kind whose object must be called {@code default}. */
    private static void requireDefault(JsonNode metadata, List<Refusal> refusals) {
        String name = metadata.path("name").asText("");
        String begun = metadata.path("generateName").asText("");
        if (name.isEmpty() ? !begun.isEmpty() : !name.equals("default")) {
            refusals.add(new Refusal(
                    "metadata.name",
                    "'" + (name.isEmpty() ? begun + "*" : name)
                            + "' is not 'default', the only name that this kind can have"));
        }
    }

    /**
     * A policy as the server stores it: without nulls, or with the values that they stand for. A value of a wrong type
     * stays unchanged.
     *
     * @param kind the kind, which the object itself may leave out
     */
    public static JsonNode taken(String kind, JsonNode object) {
        Kind known = KINDS.get(kind);
        if (known == null || !isOf(known, object)) {
            return object;
        }
        JsonNode taken = known.shape().read("", object, new ArrayList<>());
        if (known.builtIn() && taken instanceof ObjectNode policy && !policy.has("spec")) {
            policy.set("spec", JsonNodeFactory.instance.objectNode());
        }
        return taken;
    }

    /** True if the group fits as well, since other groups have kinds of the same names. */
    private static boolean isOf(Kind known, JsonNode object) {
        String version = object.path("apiVersion").asText("");
        return version.isEmpty() || group(version).equals(group(known.version()));
    }

    private static String group(String version) {
        return version.substring(0, Math.max(0, version.indexOf('/')));
    }
}
