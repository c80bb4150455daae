package dev.weir.policy.random;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Calico's policies, as the brief {@code shared/data/policy/calico/RULES.md} describes them. */
final class PlainCalico extends PlainDialect {
    private static final String GROUP = "projectcalico.org";
    private static final Map<String, String> NUMBERS = Map.of(
            "TCP", "6", "UDP", "17", "SCTP", "132", "ICMP", "1", "ICMPV6", "58", "ICMPv6", "58", "UDPLite", "136");
    private static final Set<String> OPEN_INBOUND = Set.of(
            "TCP/22", "TCP/179", "TCP/2379", "TCP/2380", "TCP/5473", "TCP/6443", "TCP/6666", "TCP/6667", "UDP/68");
    private static final Set<String> OPEN_OUTBOUND = Set.of(
            "UDP/53", "UDP/67", "TCP/179", "TCP/2379", "TCP/2380", "TCP/5473", "TCP/6443", "TCP/6666", "TCP/6667");

    PlainCalico(List<ObjectNode> objects) {
        super(objects);
    }

    /** A pod, HostEndpoint or set of addresses that selectors find. */
    private record Thing(
            String kind, JsonNode object, @Nullable String namespace, Map<String, String> labels) {}

    @Override
    boolean allows(PlainPacket packet, boolean egress) {
        PlainEnd end = egress ? packet.source() : packet.destination();
        PlainEnd other = egress ? packet.destination() : packet.source();
        if (end.pod() != null && end.pod().equals(other.pod())) {
            return true;
        }
        Thing thing = subject(end, other, egress);
        if (thing == null) {
            return true;
        }
        boolean isHost = thing.kind().equals("HostEndpoint");
        if (isHost) {
            if (isFailsafe(packet, egress)) {
                return true;
            }
            for (String sort : List.of("doNotTrack", "preDNAT")) {
                String early = first(policies(thing, egress, sort), packet, egress);
                if (early.equals("Allow") || early.equals("Deny")) {
                    return early.equals("Allow");
                }
            }
        }
        for (JsonNode tier : tiers()) {
            List<ObjectNode> policies = policies(thing, egress, "");
            policies.removeIf(policy -> !tierOf(policy).equals(name(tier)));
            if (policies.isEmpty()) {
                continue;
            }
            String action = first(policies, packet, egress);
            if (action.isEmpty()) {
                action = tier.path("spec").path("defaultAction").asText("Deny");
            }
            if (!action.equals("Pass")) {
                return action.equals("Allow");
            }
        }
        return !isHost || profiles(thing, packet, egress);
    }

    @Override
    void matches(PlainPacket packet, boolean egress, BiConsumer<String, Boolean> rules) {
        PlainEnd end = egress ? packet.source() : packet.destination();
        Thing thing = subject(end, egress ? packet.destination() : packet.source(), egress);
        if (thing == null) {
            return;
        }
        rules.accept("failsafe", thing.kind().equals("HostEndpoint") && isFailsafe(packet, egress));
        for (String sort : List.of("doNotTrack", "preDNAT", "", "profiles")) {
            for (ObjectNode policy : sort.equals("profiles") ? all(GROUP, "Profile") : policies(thing, egress, sort)) {
                int number = 0;
                for (JsonNode rule : policy.path("spec").path(egress ? "egress" : "ingress")) {
                    rules.accept(
                            policy.path("kind").asText() + policy.path("metadata") + number++,
                            matches(policy, rule, packet, egress));
                }
            }
        }
    }

    @Override
    void values(PlainPacket record, boolean egress, Map<String, Set<String>> values) {
        Set<String> open = new TreeSet<>(OPEN_INBOUND);
        open.addAll(OPEN_OUTBOUND);
        if (values.containsKey("port")) {
            open.forEach(each -> values.get("port").add(each.substring(each.indexOf('/') + 1)));
        }
        List<JsonNode> sources = new ArrayList<>();
        for (ObjectNode object : objects) {
            if (object.path("apiVersion").asText().startsWith(GROUP)) {
                sources.addAll(object.findValues("source"));
            }
        }
        if (record.hasPorts() && sources.stream().anyMatch(each -> each.has("ports") || each.has("notPorts"))) {
            sources.addAll(all("v1", "Pod"));
            sources.addAll(all(GROUP, "HostEndpoint"));
            values.put("sourcePort", borders(sources));
        }
        if (record.isIcmp()) {
            values.put("icmpType", mentioned("type", "200"));
            values.put("icmpCode", mentioned("code", "200"));
        }
        if (record.protocol().equals("TCP")) {
            Set<String> methods = mentioned("methods", "OTHER");
            Set<String> paths = mentioned("exact", "/of/no/rule");
            paths.addAll(mentioned("prefix", "/of/no/rule"));
            if (methods.size() + paths.size() > 2) {
                values.put("method", methods);
                values.put("path", paths);
            }
        }
    }

    private static boolean isFailsafe(PlainPacket packet, boolean egress) {
        return (egress ? OPEN_OUTBOUND : OPEN_INBOUND).contains(packet.protocol() + "/" + packet.port());
    }

    private Set<String> mentioned(String field, String other) {
        Set<String> values = new TreeSet<>(Set.of(other));
        for (ObjectNode object : objects) {
            if (object.path("apiVersion").asText().startsWith(GROUP)) {
                for (JsonNode value : object.findValues(field)) {
                    value.forEach(each -> values.add(each.asText()));
                    if (value.isValueNode()) {
                        values.add(value.asText());
                    }
                }
            }
        }
        return values;
    }

    /** The endpoint whose policies decide about the side; null if it has none. */
    private @Nullable Thing subject(PlainEnd end, PlainEnd other, boolean egress) {
        if (end.isWorkload()) {
            // Felix polices no traffic from a host to its pods (felix/rules/static.go, the output chain).
            return !egress && other.isHost() && end.isOnNodeOf(other) ? null : pod(end.pod());
        }
        boolean isWithinNode = other.isOnNodeOf(end);
        if (!end.isHost() || isWithinNode && !other.isHost()) {
            // Felix applies no HostEndpoint to traffic of a host with pods on it, one of all interfaces included.
            return null;
        }
        for (Thing thing : at(end.ip())) {
            // A host reaches itself by the interface lo, which has no name but that of all interfaces.
            boolean isPassed = !isWithinNode
                    || thing.object().at("/spec/interfaceName").asText().equals("*");
            if (thing.kind().equals("HostEndpoint") && isPassed) {
                return thing;
            }
        }
        return null;
    }

    private List<ObjectNode> tiers() {
        List<ObjectNode> tiers = new ArrayList<>(all(GROUP, "Tier"));
        ObjectNode standard = objects.get(0).objectNode();
        standard.putObject("metadata").put("name", "default");
        standard.putObject("spec").put("order", 1_000_000).put("defaultAction", "Deny");
        tiers.add(standard);
        tiers.sort(Comparator.<ObjectNode>comparingDouble(PlainCalico::order).thenComparing(PlainDialect::name));
        return tiers;
    }

    private static double order(JsonNode object) {
        if (isKubernetes(object)) {
            return 1000;
        }
        JsonNode order = object.path("spec").path("order");
        return order.isNumber() ? order.asDouble() : Double.POSITIVE_INFINITY;
    }

    private static String tierOf(JsonNode policy) {
        return isKubernetes(policy)
                ? "default"
                : policy.path("spec").path("tier").asText("default");
    }

    private static boolean isKubernetes(JsonNode policy) {
        return policy.path("apiVersion").asText().startsWith("networking.k8s.io");
    }

    /** The policies that select the endpoint in the direction, in their order. */
    private List<ObjectNode> policies(Thing thing, boolean egress, String sort) {
        List<ObjectNode> policies = new ArrayList<>(all(GROUP, "NetworkPolicy"));
        policies.addAll(all(GROUP, "GlobalNetworkPolicy"));
        policies.addAll(all("networking.k8s.io", "NetworkPolicy"));
        policies.removeIf(policy -> !sort(policy).equals(sort) || !selects(policy, thing, egress));
        policies.sort(Comparator.<ObjectNode>comparingDouble(PlainCalico::order)
                .thenComparing(PlainDialect::name)
                .thenComparing(
                        policy -> policy.path("metadata").path("namespace").asText(""))
                .thenComparing(policy -> (isKubernetes(policy) ? "Kubernetes" : "")
                        + policy.path("kind").asText()));
        return policies;
    }

    private static String sort(JsonNode policy) {
        if (policy.path("spec").path("doNotTrack").asBoolean()) {
            return "doNotTrack";
        }
        return policy.path("spec").path("preDNAT").asBoolean() ? "preDNAT" : "";
    }

    private boolean selects(JsonNode policy, Thing thing, boolean egress) {
        JsonNode spec = policy.path("spec");
        boolean isPod = thing.kind().equals("Pod");
        if (isKubernetes(policy)) {
            return isPod && isolates(policy, end(thing), egress);
        }
        boolean isNamed = spec.path("types").isEmpty()
                ? spec.path("egress").isEmpty()
                        ? !egress
                        : egress || !spec.path("ingress").isEmpty()
                : isOneOf(spec.path("types"), egress ? "Egress" : "Ingress");
        String namespace = policy.path("metadata").path("namespace").asText("");
        if (!isNamed || (!namespace.isEmpty() && !namespace.equals(thing.namespace()))) {
            return false;
        }
        if (isPod && !sort(policy).isEmpty()) {
            return false;
        }
        String selector = spec.path("selector").asText("all()");
        String namespaces = spec.path("namespaceSelector").asText("all()");
        String accounts = spec.path("serviceAccountSelector").asText("all()");
        if (isPod) {
            return PlainCalicoSelector.matches(selector, thing.labels())
                    && namespaceMatches(namespaces, thing.namespace())
                    && accountMatches(accounts, thing);
        }
        if (!spec.has("namespaceSelector") && !spec.has("serviceAccountSelector")) {
            return PlainCalicoSelector.matches(selector, thing.labels());
        }
        // With either of both, libcalico-go has all() mean what has a namespace or account, in all three selectors.
        return PlainCalicoSelector.matches(spec.has("selector") ? named(selector) : "all()", thing.labels())
                && (!spec.has("namespaceSelector") || PlainCalicoSelector.matches(named(namespaces), Map.of()))
                && (!spec.has("serviceAccountSelector") || PlainCalicoSelector.matches(named(accounts), Map.of()));
    }

    /** A selector whose all() means what has a namespace, for things without one. */
    private static String named(String selector) {
        return selector.replace("all()", "has(projectcalico.org/namespace)");
    }

    private static PlainEnd end(Thing pod) {
        return new PlainEnd(addresses(pod.object()).get(0), (ObjectNode) pod.object(), null);
    }

    private boolean namespaceMatches(String selector, String namespace) {
        Map<String, String> labels = labels(find("Namespace", "", namespace));
        labels.put("projectcalico.org/name", namespace);
        return PlainCalicoSelector.matches(selector, labels);
    }

    /** A negation holds for a thing without a service account, as with namespaces. */
    private boolean accountMatches(String selector, Thing thing) {
        if (!thing.kind().equals("Pod")) {
            return PlainCalicoSelector.matches(selector, Map.of());
        }
        JsonNode account = find("ServiceAccount", String.valueOf(thing.namespace()), serviceAccount(thing.object()));
        return PlainCalicoSelector.matches(selector, labels(account));
    }

    /** The action of the first rule that matches and does more than to log; empty if none does. */
    private String first(List<ObjectNode> policies, PlainPacket packet, boolean egress) {
        for (ObjectNode policy : policies) {
            for (JsonNode rule : policy.path("spec").path(egress ? "egress" : "ingress")) {
                String action =
                        isKubernetes(policy) ? "Allow" : rule.path("action").asText();
                if (!action.equals("Log") && matches(policy, rule, packet, egress)) {
                    return action;
                }
            }
        }
        return "";
    }

    /** Tests the profiles in their order. In one that passes, felix leaves out its later rules. */
    private boolean profiles(Thing host, PlainPacket packet, boolean egress) {
        for (JsonNode name : host.object().path("spec").path("profiles")) {
            if (name.asText().equals("projectcalico-default-allow")) {
                return true;
            }
            JsonNode profile = find("Profile", "", name.asText());
            // Felix takes a profile that is not there for one that denies (DummyDropRules).
            String action = profile.isMissingNode() ? "Deny" : first(List.of((ObjectNode) profile), packet, egress);
            if (action.equals("Allow") || action.equals("Deny")) {
                return action.equals("Allow");
            }
        }
        return false;
    }

    private boolean matches(JsonNode policy, JsonNode rule, PlainPacket packet, boolean egress) {
        if (isKubernetes(policy)) {
            return kubernetesRule(policy, rule, packet, egress);
        }
        String number = number(packet.protocol());
        boolean protocol =
                !rule.has("protocol") || number(rule.path("protocol").asText()).equals(number);
        boolean notProtocol = rule.has("notProtocol")
                && number(rule.path("notProtocol").asText()).equals(number);
        boolean version = !rule.has("ipVersion")
                || rule.path("ipVersion").asInt() == (packet.source().isIpv6() ? 6 : 4);
        boolean icmp = !rule.has("icmp") || icmp(rule.path("icmp"), packet);
        boolean notIcmp = rule.has("notICMP") && icmp(rule.path("notICMP"), packet);
        boolean http = !rule.has("http") || http(rule.path("http"), packet);
        return protocol
                && !notProtocol
                && version
                && icmp
                && !notIcmp
                && http
                && entity(policy, rule.path("source"), packet, true)
                && entity(policy, rule.path("destination"), packet, false);
    }

    private static String number(String protocol) {
        return NUMBERS.getOrDefault(protocol, protocol);
    }

    private static boolean icmp(JsonNode icmp, PlainPacket packet) {
        boolean type = !icmp.has("type") || icmp.path("type").asInt() == packet.number("icmpType");
        boolean code = !icmp.has("code") || icmp.path("code").asInt() == packet.number("icmpCode");
        return packet.isIcmp() && type && code;
    }

    private static boolean http(JsonNode http, PlainPacket packet) {
        boolean method = http.path("methods").isEmpty() || isOneOf(http.path("methods"), packet.detail("method"));
        boolean path = http.path("paths").isEmpty();
        for (JsonNode each : http.path("paths")) {
            path |= each.has("exact")
                    ? packet.detail("path").equals(each.path("exact").asText())
                    : packet.detail("path").startsWith(each.path("prefix").asText());
        }
        return packet.protocol().equals("TCP") && method && path;
    }

    private boolean entity(JsonNode policy, JsonNode entity, PlainPacket packet, boolean source) {
        PlainEnd end = source ? packet.source() : packet.destination();
        if (entity.has("nets") && !isIn(entity.path("nets"), end.ip())) {
            return false;
        }
        if (isIn(entity.path("notNets"), end.ip())) {
            return false;
        }
        if (!selected(policy, entity, end)) {
            return false;
        }
        if (entity.has("services")) {
            return service(entity.path("services"), packet, source);
        }
        int port = source ? packet.number("sourcePort") : packet.port() == null ? -1 : packet.port();
        return (!entity.has("ports") || ports(entity.path("ports"), end, packet.protocol(), port))
                && !ports(entity.path("notPorts"), end, packet.protocol(), port);
    }

    /**
     * Tests the selectors of one end. Beside anything that selects, {@code notSelector} narrows the things selected
     * (felix/calc/rule_scanner.go joins both to one selector); alone it is about addresses.
     */
    private boolean selected(JsonNode policy, JsonNode entity, PlainEnd end) {
        String namespace = policy.path("metadata").path("namespace").asText("");
        boolean excludes = entity.has("notSelector");
        boolean selects = entity.has("selector") || entity.has("serviceAccounts");
        boolean confined = entity.has("namespaceSelector") || (!namespace.isEmpty() && (selects || excludes));
        boolean isExcluded = false;
        boolean isSelected = false;
        for (Thing thing : at(end.ip())) {
            boolean not = excludes
                    && PlainCalicoSelector.matches(entity.path("notSelector").asText(), thing.labels());
            isExcluded |= not;
            isSelected |= !not
                    && (!confined || isInScope(namespace, entity, thing))
                    && PlainCalicoSelector.matches(entity.path("selector").asText("all()"), thing.labels())
                    && accounts(entity.path("serviceAccounts"), thing);
        }
        return selects || confined ? isSelected : !isExcluded;
    }

    private boolean isInScope(String namespace, JsonNode entity, Thing thing) {
        if (!entity.has("namespaceSelector")) {
            return namespace.equals(thing.namespace());
        }
        String selector = entity.path("namespaceSelector").asText();
        if (selector.equals("global()")) {
            return thing.namespace() == null;
        }
        if (thing.namespace() == null) {
            // Of a rule's selector of namespaces libcalico-go prefixes the keys, so a negation holds without namespace.
            return PlainCalicoSelector.matches(named(selector), Map.of());
        }
        return namespaceMatches(selector, thing.namespace());
    }

    private boolean accounts(JsonNode accounts, Thing thing) {
        if (accounts.isMissingNode()) {
            return true;
        }
        boolean names = accounts.path("names").isEmpty()
                || (thing.kind().equals("Pod") && isOneOf(accounts.path("names"), serviceAccount(thing.object())));
        return names
                && (!accounts.has("selector")
                        || accountMatches(accounts.path("selector").asText(), thing));
    }

    private boolean service(JsonNode service, PlainPacket packet, boolean source) {
        String ip = source ? packet.source().ip() : packet.destination().ip();
        for (ObjectNode slice : all("discovery.k8s.io", "EndpointSlice")) {
            if (!slice.path("metadata")
                            .path("namespace")
                            .asText()
                            .equals(service.path("namespace").asText())
                    || !service.path("name").asText().equals(labels(slice).get("kubernetes.io/service-name"))) {
                continue;
            }
            boolean port = source;
            for (JsonNode each : slice.path("ports")) {
                port |= packet.port() != null
                        && each.path("port").asInt() == packet.port()
                        && each.path("protocol").asText("TCP").equals(packet.protocol());
            }
            for (JsonNode endpoint : slice.path("endpoints")) {
                if (port && isOneOf(endpoint.path("addresses"), ip)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean ports(JsonNode ports, PlainEnd end, String protocol, int number) {
        for (JsonNode port : ports) {
            String text = port.asText();
            if (text.matches("[0-9]+(:[0-9]+)?")) {
                String[] range = text.split(":");
                if (Integer.parseInt(range[0]) <= number && number <= Integer.parseInt(range[range.length - 1])) {
                    return true;
                }
            } else if (isNamed(end, text, protocol, number)) {
                return true;
            }
        }
        return false;
    }

    private boolean isNamed(PlainEnd end, String name, String protocol, int number) {
        for (Thing thing : at(end.ip())) {
            boolean isPodsPort = thing.kind().equals("Pod") && declares(thing.object(), name, protocol, number);
            if (isPodsPort || isHostsPort(thing, name, protocol, number)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isHostsPort(Thing thing, String name, String protocol, int number) {
        for (JsonNode port : thing.object().path("spec").path("ports")) {
            if (thing.kind().equals("HostEndpoint")
                    && port.path("name").asText().equals(name)
                    && port.path("protocol").asText().equals(protocol)
                    && port.path("port").asInt() == number) {
                return true;
            }
        }
        return false;
    }

    /** The endpoints and sets that an address belongs to. */
    private List<Thing> at(String ip) {
        List<Thing> things = new ArrayList<>();
        for (ObjectNode object : objects) {
            String kind = object.path("kind").asText();
            JsonNode spec = object.path("spec");
            Map<String, String> labels = new HashMap<>(labels(object));
            switch (kind) {
                case "Pod" -> {
                    if (!spec.path("hostNetwork").asBoolean()
                            && addresses(object).contains(ip)) {
                        things.add(pod(object));
                    }
                }
                case "HostEndpoint" -> {
                    if (isOneOf(spec.path("expectedIPs"), ip)) {
                        things.add(new Thing(kind, object, null, labels));
                    }
                }
                case "GlobalNetworkSet" -> {
                    if (isIn(spec.path("nets"), ip)) {
                        things.add(new Thing(kind, object, null, labels));
                    }
                }
                case "NetworkSet" -> {
                    if (isIn(spec.path("nets"), ip)) {
                        String namespace =
                                object.path("metadata").path("namespace").asText();
                        // libcalico-go labels a set by its namespace, as it does a pod.
                        labels.put("projectcalico.org/namespace", namespace);
                        things.add(new Thing(kind, object, namespace, labels));
                    }
                }
                default -> {}
            }
        }
        return things;
    }

    private static Thing pod(JsonNode pod) {
        String namespace = pod.path("metadata").path("namespace").asText();
        Map<String, String> labels = labels(pod);
        labels.put("projectcalico.org/namespace", namespace);
        labels.put("projectcalico.org/orchestrator", "k8s");
        labels.put("projectcalico.org/serviceaccount", serviceAccount(pod));
        return new Thing("Pod", pod, namespace, labels);
    }

    private boolean kubernetesRule(JsonNode policy, JsonNode rule, PlainPacket packet, boolean egress) {
        PlainEnd other = egress ? packet.destination() : packet.source();
        JsonNode peers = rule.path(egress ? "to" : "from");
        boolean peer = peers.isEmpty();
        for (JsonNode each : peers) {
            peer |= isPeer(policy, each, other) || each.has("ipBlock") && isInBlock(each.path("ipBlock"), other.ip());
        }
        boolean port = rule.path("ports").isEmpty();
        for (JsonNode each : rule.path("ports")) {
            port |= kubernetesPort(each, packet);
        }
        return peer && port;
    }

    private boolean kubernetesPort(JsonNode port, PlainPacket packet) {
        if (!port.path("protocol").asText("TCP").equals(packet.protocol())) {
            return false;
        }
        if (!port.has("port")) {
            return true;
        }
        int number = packet.port() == null ? -1 : packet.port();
        if (port.path("port").isTextual()) {
            return isNamed(packet.destination(), port.path("port").asText(), packet.protocol(), number);
        }
        int first = port.path("port").asInt();
        return first <= number && number <= port.path("endPort").asInt(first);
    }
}
