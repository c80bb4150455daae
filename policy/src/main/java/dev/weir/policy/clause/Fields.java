package dev.weir.policy.clause;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.InvalidPolicyException;
import dev.weir.policy.PortClause;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A node of a policy with the path to it, so that every mistake is reported with its path. */
public record Fields(String policy, String path, JsonNode node) {
    /** The object of that kind, named in messages by its namespace and name, or by its name alone. */
    public static Fields of(String kind, @Nullable String namespace, JsonNode object) {
        String name = object.path("metadata").path("name").asText("");
        Fields root = new Fields(kind + " " + (namespace == null ? "" : namespace + "/") + name, "", object);
        Fields field = root.child("metadata").child("name");
        if (name.isEmpty()) {
            throw field.invalid("is missing");
        }
        return root;
    }

    /** Refuses fields beyond those named. */
    public Fields allowOnly(String... names) {
        if (!node.isObject()) {
            throw invalid("must be an object, not " + node.getNodeType());
        }
        Set<String> known = Set.of(names);
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw child(name).invalid("is not a field that is known here");
            }
        });
        return this;
    }

    /** The names of the fields that are set and not null. */
    public List<String> present() {
        List<String> names = new ArrayList<>();
        node.properties().forEach(field -> {
            if (!field.getValue().isNull()) {
                names.add(field.getKey());
            }
        });
        return names;
    }

    /** The child of that name, which must be set. */
    public Fields required(String name) {
        Fields child = child(name);
        if (child.absent()) {
            throw child.invalid("is missing");
        }
        return child;
    }

    public Fields child(String name) {
        return new Fields(policy, path.isEmpty() ? name : path + "." + name, node.path(name));
    }

    /** True if the node is absent or null, which the API treats alike. */
    public boolean absent() {
        return node.isMissingNode() || node.isNull();
    }

    /** The elements of an array; none when it is absent. */
    public List<Fields> elements() {
        if (absent()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw invalid("must be an array, not " + node.getNodeType());
        }
        List<Fields> elements = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            elements.add(new Fields(policy, path + "[" + i + "]", node.get(i)));
        }
        return elements;
    }

    /** The elements of an array with a maximum length. */
    public List<Fields> elements(int most) {
        List<Fields> elements = elements();
        if (elements.size() > most) {
            throw invalid("has " + elements.size() + " entries, more than the " + most + " that are allowed");
        }
        return elements;
    }

    public String text() {
        @Nullable String text = node.textValue();
        if (text == null) {
            throw invalid(absent() ? "is missing" : "must be a string, not " + node);
        }
        return text;
    }

    /** A whole number within a range. */
    public int number(int least, int most) {
        int number = number();
        if (number < least || number > most) {
            throw invalid(number + " is outside " + least + ".." + most);
        }
        return number;
    }

    private int number() {
        if (!node.isInt()) {
            throw invalid(absent() ? "is missing" : "must be a whole number, not " + node);
        }
        return node.intValue();
    }

    public Map<String, String> textMap() {
        Map<String, String> map = new TreeMap<>();
        if (!absent() && !node.isObject()) {
            throw invalid("must be an object of strings");
        }
        node.properties()
                .forEach(entry -> map.put(entry.getKey(), child(entry.getKey()).text()));
        return map;
    }

    /** A TCP, UDP or SCTP port. */
    public int portNumber() {
        return number(1, 65_535);
    }

    /** The name of an object, a DNS subdomain. */
    public String subdomain() {
        if (!KubernetesNames.isSubdomain(text())) {
            throw invalid("'" + text() + "' is not a name of a-z, 0-9, - and .");
        }
        return text();
    }

    /** The name of a container port. */
    public String portName() {
        String name = text();
        if (!KubernetesNames.isPortName(name)) {
            throw invalid("'" + name + "' is not a port name: " + KubernetesNames.portNameRule());
        }
        return name;
    }

    /** The protocol: TCP, UDP or SCTP; TCP when it is absent. */
    public String protocol() {
        String protocol = absent() ? "TCP" : text();
        if (!PortClause.PROTOCOLS.contains(protocol)) {
            throw invalid("'" + protocol + "' is not TCP, UDP or SCTP");
        }
        return protocol;
    }

    public AddressBlock block() {
        AddressBlock block = AddressBlock.parse(text());
        if (block == null) {
            throw invalid("'" + text() + "' is not a CIDR such as 10.0.0.0/8 or fd00::/8");
        }
        return block;
    }

    public InvalidPolicyException invalid(String reason) {
        return new InvalidPolicyException(policy, path, reason);
    }
}
