package dev.weir.policy.replay;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.manifest.Manifest;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.context.ClusterObject;
import dev.weir.model.context.ClusterObject.NamedPort;
import dev.weir.model.context.ClusterObjects;
import dev.weir.policy.cluster.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the pods behind the addresses of Services: policies are about pods and their ports, while flows may hold the
 * Service's.
 */
final class Services {
    private final Map<String, Service> byAddress = new HashMap<>();
    private final Map<String, Service> byName = new HashMap<>();

    private record Service(Map<String, String> selector, String namespace, JsonNode ports) {}

    Services(List<Manifest> manifests) {
        for (Manifest manifest : manifests) {
            if (manifest.kind().equals("Service")) {
                add(manifest);
            }
        }
    }

    /** The members of the Service; null when the address is no Service, or one without a selector. */
    @Nullable List<Member> behind(String ip, @Nullable String namespace, @Nullable String name, List<Member> members) {
        Service service = service(ip, namespace, name);
        if (service == null || service.selector().isEmpty()) {
            return null;
        }
        return members.stream()
                .filter(member -> member.pod().namespace().equals(service.namespace())
                        && member.pod()
                                .identity()
                                .labels()
                                .entrySet()
                                .containsAll(service.selector().entrySet()))
                .toList();
    }

    /** The port of the pod to which the Service forwards; the same port when the Service does not say. */
    @Nullable Integer target(
            String ip,
            @Nullable String namespace,
            @Nullable String name,
            String protocol,
            @Nullable Integer port,
            Member member) {
        Service service = service(ip, namespace, name);
        if (service == null || port == null) {
            return port;
        }
        for (JsonNode each : service.ports()) {
            boolean same = each.path("port").asInt() == port
                    && each.path("protocol").asText("TCP").equals(protocol);
            JsonNode target = each.path("targetPort");
            if (same && target.isInt()) {
                return target.intValue();
            }
            if (same && target.isTextual()) {
                return named(member, target.textValue(), protocol, port);
            }
        }
        return port;
    }

    private static int named(Member member, String name, String protocol, int otherwise) {
        for (NamedPort port : member.pod().identity().ports()) {
            if (port.name().equals(name) && port.protocol().equals(protocol)) {
                return port.port();
            }
        }
        return otherwise;
    }

    private @Nullable Service service(String ip, @Nullable String namespace, @Nullable String name) {
        Service service = name == null || namespace == null ? null : byName.get(namespace + "/" + name);
        return service == null ? byAddress.get(ip) : service;
    }

    private void add(Manifest manifest) {
        try {
            if (ClusterObjects.parse("Service", manifest.object()) instanceof ClusterObject.Service parsed) {
                Map<String, String> selector = new HashMap<>();
                List<Map.Entry<String, JsonNode>> entries = new ArrayList<>(
                        manifest.object().path("spec").path("selector").properties());
                entries.forEach(
                        entry -> selector.put(entry.getKey(), entry.getValue().asText()));
                Service service = new Service(
                        selector,
                        parsed.namespace(),
                        manifest.object().path("spec").path("ports"));
                byName.put(parsed.namespace() + "/" + parsed.name(), service);
                parsed.ips().forEach(ip -> byAddress.put(ip, service));
            }
        } catch (InvalidRecordException e) {
            // A mistake in a Service is reported where the manifests are read; here it has no pods behind it.
            byName.remove(manifest.namespace() + "/" + manifest.name());
        }
    }
}
