package dev.weir.policy.random;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/** Cilium's policies, as the brief {@code shared/data/policy/cilium/RULES.md} describes them. */
final class PlainCilium extends PlainDialect {
    private static final String GROUP = "cilium.io";
    private static final String NAMESPACE = "io.kubernetes.pod.namespace";
    private static final String NAMESPACE_LABELS = "io.cilium.k8s.namespace.labels.";
    private static final Pattern NO_IDENTITY = Pattern.compile(
            "(kubernetes\\.io/|k8s\\.io/|io\\.kubernetes|[^/]*\\.?beta\\.kubernetes\\.io/|pod-template).*");

    PlainCilium(List<ObjectNode> objects) {
        super(objects);
    }

    /**
     * A rule object, or a NetworkPolicy, that selects an end.
     *
     * @param namespace empty for a policy of the cluster
     */
    private record RuleObject(String name, String namespace, JsonNode spec, boolean isKubernetes) {}

    @Override
    boolean allows(PlainPacket packet, boolean egress) {
        PlainEnd end = egress ? packet.source() : packet.destination();
        PlainEnd other = egress ? packet.destination() : packet.source();
        if (end.pod() != null && end.pod().equals(other.pod())) {
            return true;
        }
        if (end.isHost() && other.isHost() && end.isOnNodeOf(other)) {
            // A host reaches itself by the loopback, to which Cilium attaches no firewall.
            return true;
        }
        List<RuleObject> selecting = selecting(end);
        boolean closed = false;
        boolean allowed = false;
        boolean isNameAsked = false;
        boolean isNameAllowed = false;
        for (RuleObject object : selecting) {
            for (JsonNode entry : entries(object, egress, true)) {
                if (matches(object, entry, packet, egress, true, selecting)) {
                    return false;
                }
            }
            for (JsonNode entry : entries(object, egress, false)) {
                allowed |= matches(object, entry, packet, egress, false, selecting);
                for (JsonNode part : nameParts(entry)) {
                    if (peers(object, part, packet, egress, false, selecting) && ports(part, packet, egress, false)) {
                        isNameAsked = true;
                        isNameAllowed |= ports(part, packet, egress, true);
                    }
                }
            }
            closed |= closes(object, egress);
        }
        boolean fromOwnNode = !egress && end.isWorkload() && other.isHost() && end.isOnNodeOf(other);
        boolean allows = allowed || !closed || fromOwnNode;
        // The rules of DNS may or may not refuse what another entry allows.
        return isNameAsked && !isNameAllowed
                ? allows && packet.detail("refused").equals("no")
                : allows;
    }

    @Override
    void matches(PlainPacket packet, boolean egress, BiConsumer<String, Boolean> rules) {
        List<RuleObject> selecting = selecting(egress ? packet.source() : packet.destination());
        for (RuleObject object : selecting) {
            for (boolean denies : List.of(true, false)) {
                int number = 0;
                for (JsonNode entry : entries(object, egress, denies)) {
                    rules.accept(
                            object.name() + denies + number++,
                            matches(object, entry, packet, egress, denies, selecting));
                }
            }
        }
    }

    @Override
    void values(PlainPacket record, boolean egress, Map<String, Set<String>> values) {
        List<JsonNode> entries = new ArrayList<>();
        for (RuleObject object : selecting(egress ? record.source() : record.destination())) {
            entries.addAll(entries(object, egress, true));
            entries.addAll(entries(object, egress, false));
        }
        if (record.isIcmp()) {
            values.put("icmpType", new TreeSet<>(Set.of("0", "8", "128", "129", "200")));
        }
        if (record.protocol().equals("TCP")) {
            put(values, "method", mentioned(entries, "method"), "OTHER");
            put(values, "path", mentioned(entries, "path"), "/of/no/rule");
            put(values, "topic", mentioned(entries, "topic"), "other");
            put(values, "role", mentioned(entries, "role"), "other");
            put(values, "serverName", mentioned(entries, "serverNames"), "other.invalid");
            put(values, "sort", mentioned(entries, "l7proto"), "other");
        }
        if (!mentioned(entries, "aws").isEmpty()) {
            values.put("group", Set.of("yes", "no"));
        }
        if (record.hasPorts() && !mentioned(entries, "dns").isEmpty()) {
            values.put("query", names(entries));
            values.put("refused", new TreeSet<>(Set.of("yes", "no")));
        }
        if (record.destination().node() == null
                && !mentioned(entries, "toFQDNs").isEmpty()) {
            // The address may not have been resolved from any name.
            values.put("name", names(entries));
            values.get("name").add("");
        }
    }

    private static void put(Map<String, Set<String>> values, String name, Set<String> mentioned, String other) {
        if (!mentioned.isEmpty()) {
            Set<String> all = new TreeSet<>(Set.of(other));
            mentioned.forEach(each -> all.add(each.replace(".*", "x")));
            values.put(name, all);
        }
    }

    private static Set<String> names(List<JsonNode> entries) {
        Set<String> names = new TreeSet<>(Set.of("other.invalid"));
        names.addAll(mentioned(entries, "matchName"));
        mentioned(entries, "matchPattern").forEach(each -> names.add(each.replace("*", "x")));
        return names;
    }

    private static Set<String> mentioned(List<JsonNode> entries, String field) {
        Set<String> values = new TreeSet<>();
        for (JsonNode entry : entries) {
            for (JsonNode value : entry.findValues(field)) {
                if (value.isValueNode()) {
                    values.add(value.asText());
                }
                value.forEach(each -> values.add(each.asText()));
            }
        }
        return values;
    }

    private List<RuleObject> selecting(PlainEnd end) {
        List<RuleObject> selecting = new ArrayList<>();
        for (ObjectNode policy : objects) {
            boolean isCiliums = policy.path("apiVersion").asText().startsWith(GROUP)
                    && policy.path("kind").asText().endsWith("NetworkPolicy");
            String namespace = policy.path("metadata").path("namespace").asText("");
            String name = policy.path("kind").asText() + policy.path("metadata");
            if (isCiliums) {
                List<JsonNode> specs = new ArrayList<>();
                if (policy.has("spec")) {
                    specs.add(policy.path("spec"));
                }
                policy.path("specs").forEach(specs::add);
                for (JsonNode spec : specs) {
                    if (selects(namespace, spec, end)) {
                        selecting.add(new RuleObject(name + selecting.size(), namespace, spec, false));
                    }
                }
            } else if (policy.path("apiVersion").asText().startsWith("networking.k8s.io")
                    && end.isWorkload()
                    && end.namespace().equals(namespace)
                    && selects(policy.path("spec").path("podSelector"), identity(end, end))) {
                selecting.add(new RuleObject(name, namespace, policy.path("spec"), true));
            }
        }
        return selecting;
    }

    private boolean selects(String namespace, JsonNode spec, PlainEnd end) {
        if (spec.has("nodeSelector")) {
            return end.isHost() && selects(spec.path("nodeSelector"), nodeLabels(end));
        }
        if (!end.isWorkload() || (!namespace.isEmpty() && !end.namespace().equals(namespace))) {
            return false;
        }
        ObjectNode selector = spec.path("endpointSelector").deepCopy();
        if (!namespace.isEmpty() && selector.has("matchLabels")) {
            ((ObjectNode) selector.path("matchLabels"))
                    .remove(List.of(NAMESPACE, "k8s:" + NAMESPACE, "any:" + NAMESPACE));
        }
        return selects(selector, identity(end, end));
    }

    private static Map<String, String> nodeLabels(PlainEnd end) {
        Map<String, String> labels = new HashMap<>();
        labels(end.node()).forEach((key, value) -> labels.put("k8s:" + key, value));
        return labels;
    }

    private static List<JsonNode> entries(RuleObject object, boolean egress, boolean denies) {
        List<JsonNode> entries = new ArrayList<>();
        object.spec()
                .path((egress ? "egress" : "ingress") + (denies ? "Deny" : ""))
                .forEach(entries::add);
        return entries;
    }

    /** True if the object closes the direction for the pods that it selects. */
    private static boolean closes(RuleObject object, boolean egress) {
        boolean hasEntries = !entries(object, egress, false).isEmpty()
                || !entries(object, egress, true).isEmpty();
        if (object.isKubernetes()) {
            JsonNode types = object.spec().path("policyTypes");
            return types.isEmpty() ? !egress || hasEntries : isOneOf(types, egress ? "Egress" : "Ingress");
        }
        return hasEntries
                && object.spec()
                        .path("enableDefaultDeny")
                        .path(egress ? "egress" : "ingress")
                        .asBoolean(true);
    }

    private boolean matches(
            RuleObject object,
            JsonNode entry,
            PlainPacket packet,
            boolean egress,
            boolean denies,
            List<RuleObject> selecting) {
        PlainEnd end = egress ? packet.source() : packet.destination();
        PlainEnd other = egress ? packet.destination() : packet.source();
        if (object.isKubernetes()) {
            return closes(object, egress)
                    && kubernetesPeers(object, entry, end, other, egress, selecting)
                    && kubernetesPorts(entry, packet, egress);
        }
        return peers(object, entry, packet, egress, denies, selecting) && ports(entry, packet, egress, true);
    }

    /** The parts of an entry with rules of DNS, each as an entry with one element of {@code toPorts}. */
    private static List<JsonNode> nameParts(JsonNode entry) {
        List<JsonNode> parts = new ArrayList<>();
        for (JsonNode toPorts : entry.path("toPorts")) {
            if (toPorts.path("rules").has("dns")) {
                ObjectNode part = entry.deepCopy();
                part.putArray("toPorts").add(toPorts);
                parts.add(part);
            }
        }
        return parts;
    }

    private boolean peers(
            RuleObject object,
            JsonNode entry,
            PlainPacket packet,
            boolean egress,
            boolean denies,
            List<RuleObject> selecting) {
        PlainEnd end = egress ? packet.source() : packet.destination();
        PlainEnd other = egress ? packet.destination() : packet.source();
        String prefix = egress ? "to" : "from";
        boolean isOutside = other.node() == null;
        boolean named = false;
        for (String field :
                List.of("Endpoints", "Entities", "CIDR", "CIDRSet", "Nodes", "Services", "FQDNs", "Groups")) {
            for (JsonNode peer : entry.path(prefix + field)) {
                boolean matches =
                        switch (field) {
                            case "Endpoints" ->
                                endpoint(object.namespace(), peer, end, other, true)
                                        && required(end, other, egress, denies, selecting);
                            case "Entities" -> entity(peer.asText(), end, other);
                            case "CIDR" -> isOutside && PlainEvaluator.contains(peer.asText(), other.ip());
                            case "CIDRSet" -> isOutside && blocks(peer, other.ip());
                            case "Nodes" -> other.isHost() && selects(peer, nodeLabels(other));
                            case "Services" -> service(peer, end, other, egress, denies, selecting);
                            case "Groups" -> isOutside && packet.detail("group").equals("yes");
                            default ->
                                isOutside && !packet.detail("name").isEmpty() && name(peer, packet.detail("name"));
                        };
                if (matches) {
                    return true;
                }
            }
            named |= entry.has(prefix + field);
        }
        return !named && (entry.has("toPorts") || entry.has("icmps"));
    }

    private boolean required(PlainEnd end, PlainEnd other, boolean egress, boolean denies, List<RuleObject> selecting) {
        for (RuleObject object : selecting) {
            for (JsonNode entry : entries(object, egress, denies)) {
                for (JsonNode required : entry.path(egress ? "toRequires" : "fromRequires")) {
                    if (!endpoint(object.namespace(), required, end, other, false)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /**
     * Tests a selector of peers, which is confined to namespaces unless it names one itself.
     *
     * @param reserves false for a requirement, which reserved labels do not free (getEndpointSelector in
     *     pkg/k8s/apis/cilium.io/utils)
     */
    private boolean endpoint(String namespace, JsonNode selector, PlainEnd end, PlainEnd other, boolean reserves) {
        boolean namesNamespace = false;
        boolean namesLabels = false;
        boolean namesReserved = false;
        for (String key : keys(selector)) {
            String bare = key.startsWith("k8s:") || key.startsWith("any:") ? key.substring(4) : key;
            namesNamespace |= bare.equals(NAMESPACE);
            namesLabels |= bare.startsWith(NAMESPACE_LABELS);
            namesReserved |= reserves && key.startsWith("reserved:");
        }
        Map<String, String> labels = identity(end, other);
        String its = labels.get("k8s:" + NAMESPACE);
        if (!namesNamespace && !namesReserved) {
            // A policy of the cluster asks for a namespace though its selector names the labels of one.
            boolean isConfined = !namespace.isEmpty() && !namesLabels;
            if (namespace.isEmpty() ? its == null : isConfined && !namespace.equals(its)) {
                return false;
            }
        }
        return selects(selector, labels);
    }

    private static List<String> keys(JsonNode selector) {
        List<String> keys = new ArrayList<>();
        selector.path("matchLabels").fieldNames().forEachRemaining(keys::add);
        selector.path("matchExpressions")
                .forEach(expression -> keys.add(expression.path("key").asText()));
        return keys;
    }

    /**
     * The labels, with their sources, by which selectors find an end.
     *
     * @param viewer the end whose policies ask, which says which node is its own
     */
    private Map<String, String> identity(PlainEnd viewer, PlainEnd end) {
        Map<String, String> identity = new HashMap<>();
        if (end.isWorkload()) {
            labels(end.pod()).forEach((key, value) -> {
                if (!NO_IDENTITY.matcher(key).matches()) {
                    identity.put("k8s:" + key, value);
                }
            });
            identity.put("k8s:" + NAMESPACE, end.namespace());
            labels(find("Namespace", "", end.namespace()))
                    .forEach((key, value) -> identity.put("k8s:" + NAMESPACE_LABELS + key, value));
            identity.put("k8s:io.cilium.k8s.policy.serviceaccount", serviceAccount(end.pod()));
            identity.put("k8s:io.cilium.k8s.policy.cluster", "default");
            return identity;
        }
        if (end.isHost()) {
            identity.put(end.isOnNodeOf(viewer) ? "reserved:host" : "reserved:remote-node", "");
        } else {
            identity.put("reserved:world", "");
        }
        if (isApiServer(end)) {
            identity.put("reserved:kube-apiserver", "");
        }
        return identity;
    }

    /** Tests a selector whose keys may name a source of labels. */
    private static boolean selects(JsonNode selector, Map<String, String> identity) {
        Map<String, String> labels = new HashMap<>(identity);
        identity.forEach((key, value) -> {
            String bare = key.substring(key.indexOf(':') + 1);
            labels.put(bare, value);
            labels.put("any:" + bare, value);
        });
        return PlainEvaluator.selects(selector, labels);
    }

    private boolean isApiServer(PlainEnd end) {
        for (JsonNode subset : find("Endpoints", "default", "kubernetes").path("subsets")) {
            for (JsonNode address : subset.path("addresses")) {
                if (address.path("ip").asText().equals(end.ip())) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean entity(String entity, PlainEnd end, PlainEnd other) {
        boolean isOwn = other.isHost() && other.isOnNodeOf(end);
        return switch (entity) {
            case "all" -> true;
            case "world" -> other.node() == null;
            case "cluster" -> other.node() != null || isApiServer(other);
            case "host" -> isOwn;
            case "remote-node" -> other.isHost() && !isOwn;
            case "kube-apiserver" -> !other.isWorkload() && isApiServer(other);
            default -> false;
        };
    }

    private boolean blocks(JsonNode set, String ip) {
        if (isIn(set.path("except"), ip)) {
            return false;
        }
        if (set.has("cidr")) {
            return PlainEvaluator.contains(set.path("cidr").asText(), ip);
        }
        for (ObjectNode group : all(GROUP, "CiliumCIDRGroup")) {
            boolean meant = set.has("cidrGroupRef")
                    ? name(group).equals(set.path("cidrGroupRef").asText())
                    : PlainEvaluator.selects(set.path("cidrGroupSelector"), labels(group));
            if (meant && isIn(group.path("spec").path("externalCIDRs"), ip)) {
                return true;
            }
        }
        return false;
    }

    private boolean service(
            JsonNode peer, PlainEnd end, PlainEnd other, boolean egress, boolean denies, List<RuleObject> selecting) {
        JsonNode byName = peer.path("k8sService");
        JsonNode byLabels = peer.path("k8sServiceSelector");
        String wanted =
                byName.path("namespace").asText(byLabels.path("namespace").asText(""));
        for (ObjectNode service : all("v1", "Service")) {
            String namespace = service.path("metadata").path("namespace").asText();
            boolean meant = (wanted.isEmpty() || wanted.equals(namespace))
                    && (peer.has("k8sService")
                            ? name(service).equals(byName.path("serviceName").asText())
                            : PlainEvaluator.selects(byLabels.path("selector"), labels(service)));
            if (!meant) {
                continue;
            }
            JsonNode selector = service.path("spec").path("selector");
            if (selector.isEmpty()) {
                JsonNode subsets = find("Endpoints", namespace, name(service)).path("subsets");
                for (JsonNode subset : subsets) {
                    for (JsonNode address : subset.path("addresses")) {
                        if (other.node() == null && address.path("ip").asText().equals(other.ip())) {
                            return true;
                        }
                    }
                }
            } else {
                ObjectNode labels = service.objectNode();
                labels.set("matchLabels", selector);
                if (other.isWorkload()
                        && other.namespace().equals(namespace)
                        && selects(labels, identity(end, other))
                        && required(end, other, egress, denies, selecting)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean name(JsonNode rule, String name) {
        if (rule.has("matchName")) {
            return rule.path("matchName").asText().equals(name);
        }
        String pattern = rule.path("matchPattern").asText();
        return pattern.equals("*") || name.matches(pattern.replace(".", "[.]").replace("*", "[-a-zA-Z0-9_]*"));
    }

    /**
     * Tests the ports of an entry.
     *
     * @param requests false to leave the application layer out
     */
    private boolean ports(JsonNode entry, PlainPacket packet, boolean egress, boolean requests) {
        if (!entry.has("toPorts") && !entry.has("icmps")) {
            return true;
        }
        for (JsonNode icmp : entry.path("icmps")) {
            for (JsonNode field : icmp.path("fields")) {
                String family = field.path("family").asText("IPv4");
                String type = field.path("type").asText();
                boolean isFamily = packet.protocol().equals(family.equals("IPv6") ? "ICMPV6" : "ICMP");
                int number = type.equals("EchoRequest") ? family.equals("IPv6") ? 128 : 8 : Integer.parseInt(type);
                if (isFamily && number == packet.number("icmpType")) {
                    return true;
                }
            }
        }
        for (JsonNode toPorts : entry.path("toPorts")) {
            for (JsonNode port : toPorts.path("ports")) {
                if (port(port, packet, egress) && (!requests || request(toPorts, packet))) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean port(JsonNode port, PlainPacket packet, boolean egress) {
        String protocol = port.path("protocol").asText("ANY");
        if (!packet.hasPorts() || !(protocol.equals("ANY") || protocol.equals(packet.protocol()))) {
            return false;
        }
        String text = port.path("port").asText();
        int number = packet.port() == null ? -1 : packet.port();
        if (!text.matches("[0-9]+")) {
            return named(text, packet, egress);
        }
        int first = Integer.parseInt(text);
        int last = Math.max(first, port.path("endPort").asInt(0));
        return first == 0 || (first <= number && number <= last);
    }

    private boolean named(String name, PlainPacket packet, boolean egress) {
        int number = packet.port() == null ? -1 : packet.port();
        if (!egress) {
            return packet.destination().isWorkload()
                    && declares(packet.destination().pod(), name, packet.protocol(), number);
        }
        Set<Integer> numbers = new TreeSet<>();
        for (ObjectNode pod : all("v1", "Pod")) {
            if (pod.path("spec").path("hostNetwork").asBoolean()) {
                // The watcher of pods passes them over, so the ipcache has no ports of theirs.
                continue;
            }
            for (JsonNode container : pod.path("spec").path("containers")) {
                for (JsonNode port : container.path("ports")) {
                    if (port.path("name").asText().equals(name)
                            && port.path("protocol").asText("TCP").equals(packet.protocol())) {
                        numbers.add(port.path("containerPort").asInt());
                    }
                }
            }
        }
        return numbers.equals(Set.of(number));
    }

    /** Tests the request; of rules of one sort any suffices. */
    private static boolean request(JsonNode toPorts, PlainPacket packet) {
        JsonNode rules = toPorts.path("rules");
        boolean matches = rules.isEmpty();
        for (JsonNode http : rules.path("http")) {
            matches |= packet.detail("method").matches(http.path("method").asText(".*"))
                    && packet.detail("path").matches(http.path("path").asText(".*"));
        }
        for (JsonNode kafka : rules.path("kafka")) {
            matches |= (!kafka.has("topic") || kafka.path("topic").asText().equals(packet.detail("topic")))
                    && (!kafka.has("role") || kafka.path("role").asText().equals(packet.detail("role")));
        }
        for (JsonNode dns : rules.path("dns")) {
            matches |= name(dns, packet.detail("query"));
        }
        if (rules.has("l7proto")) {
            matches |= rules.path("l7proto").asText().equals(packet.detail("sort"));
        }
        return matches
                && (!toPorts.has("serverNames") || isOneOf(toPorts.path("serverNames"), packet.detail("serverName")));
    }

    private boolean kubernetesPeers(
            RuleObject object,
            JsonNode rule,
            PlainEnd end,
            PlainEnd other,
            boolean egress,
            List<RuleObject> selecting) {
        JsonNode peers = rule.path(egress ? "to" : "from");
        if (peers.isEmpty()) {
            // Without peers the rule has a selector of all ends, which requirements bind (pkg/k8s/network_policy.go).
            return required(end, other, egress, false, selecting);
        }
        for (JsonNode peer : peers) {
            if (peer.has("ipBlock")) {
                if (other.node() == null && isInBlock(peer.path("ipBlock"), other.ip())) {
                    return true;
                }
            } else if (other.isWorkload()) {
                boolean namespace = peer.has("namespaceSelector")
                        ? PlainEvaluator.selects(
                                peer.path("namespaceSelector"), labels(find("Namespace", "", other.namespace())))
                        : other.namespace().equals(object.namespace());
                if (namespace
                        && selects(peer.path("podSelector"), identity(end, other))
                        && required(end, other, egress, false, selecting)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean kubernetesPorts(JsonNode rule, PlainPacket packet, boolean egress) {
        int number = packet.port() == null ? -1 : packet.port();
        for (JsonNode port : rule.path("ports")) {
            boolean matches;
            if (!port.has("port")) {
                matches = true;
            } else if (port.path("port").isTextual()) {
                matches = named(port.path("port").asText(), packet, egress);
            } else {
                int first = port.path("port").asInt();
                matches = first <= number && number <= port.path("endPort").asInt(first);
            }
            if (matches && port.path("protocol").asText("TCP").equals(packet.protocol())) {
                return true;
            }
        }
        return rule.path("ports").isEmpty();
    }
}
