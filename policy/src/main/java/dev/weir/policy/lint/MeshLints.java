package dev.weir.policy.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.manifest.Manifest;
import dev.weir.model.context.MeshProxy;
import dev.weir.policy.Peer;
import dev.weir.policy.dialect.ApiObjects;
import dev.weir.policy.dialect.istio.DeclaredPorts;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * Finds rules of Istio that deny more than they say: on a port that is not HTTP the proxy leaves out the conditions on
 * requests, so a rule that denies some requests denies every connection.
 */
final class MeshLints {
    private static final Set<String> OF_REQUESTS =
            Set.of("hosts", "notHosts", "methods", "notMethods", "paths", "notPaths");

    private final List<Peer.Pod> pods;
    private final DeclaredPorts declared;

    /**
     * Creates the lints.
     *
     * @param pods those of the cluster
     */
    MeshLints(List<Peer.Pod> pods, List<Manifest> manifests) {
        this.pods = pods;
        this.declared = new DeclaredPorts(manifests.stream()
                .filter(manifest -> manifest.kind().equals("Service"))
                .map(Manifest::object)
                .toList());
    }

    void look(Manifest manifest, BiConsumer<String, String> report) {
        JsonNode spec = manifest.object().path("spec");
        boolean denies = manifest.kind().equals("AuthorizationPolicy")
                && spec.path("action").asText("").equals("DENY");
        for (int i = 0; denies && i < spec.path("rules").size(); i++) {
            JsonNode operations = spec.path("rules").path(i).path("to");
            for (int j = 0; j < operations.size(); j++) {
                String place = "spec.rules[" + i + "].to[" + j + "].operation";
                operation(manifest.object(), operations.path(j).path("operation"), place, report);
            }
        }
    }

    private void operation(JsonNode policy, JsonNode operation, String place, BiConsumer<String, String> report) {
        boolean isOfRequests = OF_REQUESTS.stream().anyMatch(operation::has);
        if (!isOfRequests) {
            return;
        }
        Set<String> hit = new TreeSet<>();
        for (Peer.Pod pod : pods) {
            if (isAbout(policy, pod)) {
                for (int port : declared.notHttp(pod)) {
                    if (isAbout(operation, port)) {
                        hit.add(pod.display() + " TCP/" + port);
                    }
                }
            }
        }
        if (!hit.isEmpty()) {
            report.accept(
                    place,
                    "denies every connection to " + hit.iterator().next()
                            + (hit.size() == 1 ? "" : " and " + (hit.size() - 1) + " more")
                            + ", since a Service declares the port as other than HTTP, where the proxy leaves out hosts,"
                            + " methods and paths; name the HTTP ports in ports");
        }
    }

    private static boolean isAbout(JsonNode policy, Peer.Pod pod) {
        String namespace = ApiObjects.namespace(policy);
        Map<String, String> labels =
                ApiObjects.texts(policy.path("spec").path("selector").path("matchLabels"));
        MeshProxy.Kind kind = pod.identity().proxy().kind();
        return kind == MeshProxy.Kind.SIDECAR
                && namespace.equals(pod.namespace())
                && pod.identity().labels().entrySet().containsAll(labels.entrySet());
    }

    private static boolean isAbout(JsonNode operation, int port) {
        JsonNode ports = operation.path("ports");
        for (JsonNode each : ports) {
            if (each.asText("").equals(String.valueOf(port))) {
                return true;
            }
        }
        return ports.isEmpty();
    }
}
