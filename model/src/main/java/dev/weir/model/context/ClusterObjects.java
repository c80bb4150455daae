package dev.weir.model.context;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.Ip;
import dev.weir.model.ContextChange;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.codec.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Parses {@link ClusterObject}s from the API's JSON. */
public final class ClusterObjects {
    /** The label with a node's zone. */
    public static final String ZONE_LABEL = "topology.kubernetes.io/zone";

    /** The label that the API server puts on every namespace. */
    public static final String NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name";

    private ClusterObjects() {}

    /**
     * Parses the object of a change.
     *
     * @throws InvalidRecordException naming the field when the object is not valid for its kind
     */
    public static ClusterObject parse(ContextChange change, String object) {
        try {
            return parse(change.kind(), Json.MAPPER.readTree(object));
        } catch (JsonProcessingException e) {
            throw Json.notJson("object", e);
        }
    }

    /**
     * Parses an object.
     *
     * @throws InvalidRecordException naming the field
     */
    public static ClusterObject parse(String kind, JsonNode object) {
        return switch (kind) {
            case "Pod" -> pod(object);
            case "Namespace" -> namespace(object);
            case "Service" -> service(object);
            case "Node" -> node(object);
            default -> new ClusterObject.Other();
        };
    }

    private static ClusterObject pod(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        String name = required(metadata, "name");
        String namespace = text(metadata, "namespace", "default");
        Map<String, String> labels = labels(metadata);
        JsonNode status = object.path("status");
        List<String> ips = new ArrayList<>(2);
        String phase = text(status, "phase", "");
        boolean gone = phase.equals("Succeeded") || phase.equals("Failed");
        if (!gone) {
            addIp(ips, status.path("podIP"), "status.podIP");
            for (JsonNode ip : status.path("podIPs")) {
                addIp(ips, ip.path("ip"), "status.podIPs");
            }
        }
        JsonNode spec = object.path("spec");
        Owners.Owner owner = owner(metadata, labels, name);
        return new ClusterObject.Pod(
                namespace,
                name,
                labels,
                List.copyOf(ips),
                spec.path("hostNetwork").asBoolean(false),
                spec.path("nodeName").isTextual() ? spec.path("nodeName").textValue() : null,
                owner.name(),
                owner.kind() == null ? "Pod" : owner.kind(),
                ports(spec),
                text(spec, "serviceAccountName", "default"),
                MeshProxy.of(object));
    }

    private static Owners.Owner owner(JsonNode metadata, Map<String, String> labels, String pod) {
        for (JsonNode reference : metadata.path("ownerReferences")) {
            String kind = text(reference, "kind", "");
            String name = text(reference, "name", "");
            // A static pod is owned by its node, which is no workload.
            boolean none = kind.isEmpty() || name.isEmpty() || kind.equals("Node");
            if (none || !reference.path("controller").asBoolean(true)) {
                continue;
            }
            return Owners.of(kind, name, labels);
        }
        String generated = text(metadata, "generateName", "");
        return generated.isEmpty() ? new Owners.Owner("Pod", pod) : Owners.ofGenerateName(generated, labels);
    }

    private static List<ClusterObject.NamedPort> ports(JsonNode spec) {
        List<ClusterObject.NamedPort> ports = new ArrayList<>();
        for (String list : List.of("initContainers", "containers")) {
            for (JsonNode container : spec.path(list)) {
                for (JsonNode port : container.path("ports")) {
                    if (port.path("name").isTextual()) {
                        ports.add(new ClusterObject.NamedPort(
                                port.path("name").textValue(),
                                text(port, "protocol", "TCP"),
                                port.path("containerPort").asInt()));
                    }
                }
            }
        }
        return List.copyOf(ports);
    }

    private static ClusterObject namespace(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        String name = required(metadata, "name");
        Map<String, String> labels = new TreeMap<>(labels(metadata));
        labels.put(NAMESPACE_NAME_LABEL, name);
        return new ClusterObject.Namespace(name, labels);
    }

    private static ClusterObject service(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        JsonNode spec = object.path("spec");
        List<String> ips = new ArrayList<>(2);
        if (!"None".equals(spec.path("clusterIP").asText())) {
            addIp(ips, spec.path("clusterIP"), "spec.clusterIP");
            for (JsonNode ip : spec.path("clusterIPs")) {
                addIp(ips, ip, "spec.clusterIPs");
            }
        }
        for (JsonNode ip : spec.path("externalIPs")) {
            addIp(ips, ip, "spec.externalIPs");
        }
        for (JsonNode ingress : object.path("status").path("loadBalancer").path("ingress")) {
            addIp(ips, ingress.path("ip"), "status.loadBalancer.ingress");
        }
        return new ClusterObject.Service(
                text(metadata, "namespace", "default"), required(metadata, "name"), List.copyOf(ips));
    }

    private static ClusterObject node(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        List<String> ips = new ArrayList<>(2);
        for (JsonNode address : object.path("status").path("addresses")) {
            String type = text(address, "type", "");
            if (type.equals("InternalIP") || type.equals("ExternalIP")) {
                addIp(ips, address.path("address"), "status.addresses");
            }
        }
        NodeAddresses.of(object).stream().filter(ip -> !ips.contains(ip)).forEach(ips::add);
        return new ClusterObject.Node(
                required(metadata, "name"), labels(metadata), List.copyOf(ips), NodeAddresses.podBlocks(object));
    }

    private static Map<String, String> labels(JsonNode metadata) {
        Map<String, String> labels = new LinkedHashMap<>();
        metadata.path("labels").properties().forEach(label -> {
            if (!label.getValue().isTextual()) {
                throw new InvalidRecordException(
                        "metadata.labels." + label.getKey(), "must be a string, not " + label.getValue());
            }
            labels.put(label.getKey(), label.getValue().textValue());
        });
        return labels;
    }

    private static void addIp(List<String> ips, JsonNode value, String field) {
        if (value.isMissingNode() || value.isNull() || value.asText().isEmpty()) {
            return;
        }
        String ip = Ip.canonical(value.asText());
        if (ip == null) {
            throw new InvalidRecordException(field, "'" + value.asText() + "' is not an IP address");
        }
        if (!ips.contains(ip)) {
            ips.add(ip);
        }
    }

    private static String required(JsonNode metadata, String field) {
        @Nullable String value = metadata.path(field).textValue();
        if (value == null || value.isEmpty()) {
            throw new InvalidRecordException("metadata." + field, "is missing");
        }
        return value;
    }

    private static String text(JsonNode node, String field, String otherwise) {
        String value = node.path(field).textValue();
        return value == null ? otherwise : value;
    }
}
