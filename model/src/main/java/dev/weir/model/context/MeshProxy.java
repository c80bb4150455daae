package dev.weir.model.context;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The proxy of a service mesh, Istio's, through which a pod receives its traffic.
 *
 * @param passing the ports that pass the proxy of a sidecar unseen
 */
public record MeshProxy(Kind kind, Set<Integer> passing) {
    /** The proxy of a pod outside the mesh. */
    public static final MeshProxy NONE = new MeshProxy(Kind.NONE, Set.of());

    private static final String CONTAINER = "istio-proxy";
    private static final String REDIRECTION = "ambient.istio.io/redirection";
    private static final String EXCLUDED = "traffic.sidecar.istio.io/excludeInboundPorts";
    private static final String INJECT = "sidecar.istio.io/inject";
    private static final String DATAPLANE = "istio.io/dataplane-mode";
    private static final Set<Integer> OWN_PORTS = Set.of(15_020, 15_021, 15_090);

    /** The kinds of proxies. */
    public enum Kind {
        /** The pod is outside the mesh. */
        NONE,
        /** A container of the pod. */
        SIDECAR,
        /** Ztunnel on the pod's node, which knows connections only. */
        AMBIENT,
        /** The pod is a proxy itself, in front of others. */
        WAYPOINT
    }

    /** Returns the proxy of a pod as it runs, by its containers and annotations. */
    static MeshProxy of(JsonNode pod) {
        JsonNode annotations = pod.path("metadata").path("annotations");
        for (String list : List.of("containers", "initContainers")) {
            for (JsonNode container : pod.path("spec").path(list)) {
                if (isProxy(container)) {
                    return isWaypoint(container) ? of(Kind.WAYPOINT, annotations) : of(Kind.SIDECAR, annotations);
                }
            }
        }
        boolean isAmbient = annotations.path(REDIRECTION).asText("").equals("enabled");
        return isAmbient ? of(Kind.AMBIENT, annotations) : NONE;
    }

    /**
     * Returns the proxy that the mesh gives to the pods of a template, by the labels of the template and of its
     * namespace.
     */
    public static MeshProxy injected(Map<String, String> namespace, Map<String, String> labels, JsonNode annotations) {
        String inject = value(labels.get(INJECT), annotations.path(INJECT).asText(""));
        boolean isRevised = namespace.containsKey("istio.io/rev") || labels.containsKey("istio.io/rev");
        boolean isEnabled = "enabled".equals(namespace.get("istio-injection")) || isRevised;
        boolean isDisabled = "disabled".equals(namespace.get("istio-injection"));
        if (!isDisabled && !inject.equals("false") && (isEnabled || inject.equals("true"))) {
            return of(Kind.SIDECAR, annotations);
        }
        String mode = value(labels.get(DATAPLANE), String.valueOf(namespace.get(DATAPLANE)));
        return mode.equals("ambient") ? of(Kind.AMBIENT, annotations) : NONE;
    }

    /** Returns true if a container is the proxy. */
    public static boolean isProxy(JsonNode container) {
        return container.path("name").asText("").equals(CONTAINER);
    }

    /** Returns true if an annotation of a pod says something about its proxy. */
    public static boolean isAnnotation(String name) {
        return name.equals(REDIRECTION) || name.equals(EXCLUDED);
    }

    private static boolean isWaypoint(JsonNode container) {
        for (JsonNode argument : container.path("args")) {
            if (argument.asText("").equals("waypoint")) {
                return true;
            }
        }
        return false;
    }

    private static MeshProxy of(Kind kind, JsonNode annotations) {
        Set<Integer> passing = new TreeSet<>(OWN_PORTS);
        for (String port : annotations.path(EXCLUDED).asText("").split(",", -1)) {
            if (port.strip().matches("[0-9]{1,5}")) {
                passing.add(Integer.valueOf(port.strip()));
            }
        }
        return new MeshProxy(kind, Set.copyOf(passing));
    }

    private static String value(@Nullable String first, String otherwise) {
        return first == null ? otherwise : first;
    }
}
