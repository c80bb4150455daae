package dev.weir.policy.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import dev.weir.policy.InvalidPolicyException;
import dev.weir.policy.Match;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.Traffic;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A compiled {@code networking.k8s.io/v1} NetworkPolicy. */
public final class NetworkPolicy implements Policy {
    public static final String KIND = "NetworkPolicy";

    private final PolicyRef ref;
    private final LabelSelector subject;
    /** The rules of each isolated direction; a direction that is not isolated has no entry. */
    private final Map<Direction, List<Rule>> rules;

    private NetworkPolicy(PolicyRef ref, LabelSelector subject, Map<Direction, List<Rule>> rules) {
        this.ref = ref;
        this.subject = subject;
        this.rules = rules;
    }

    /**
     * Compiles the object as the API has it.
     *
     * @throws InvalidPolicyException naming the field, for what the API server would refuse and for unknown fields
     */
    public static NetworkPolicy parse(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        String name = metadata.path("name").asText("");
        String namespace = metadata.path("namespace").asText("default");
        Fields root = new Fields(KIND + " " + namespace + "/" + name, "", object);
        if (name.isEmpty()) {
            throw root.child("metadata").child("name").invalid("is missing");
        }
        root.allowOnly("apiVersion", "kind", "metadata", "spec", "status");
        Fields spec = root.child("spec");
        if (spec.absent()) {
            throw spec.invalid("is missing");
        }
        spec.allowOnly("podSelector", "policyTypes", "ingress", "egress");
        Fields selector = spec.child("podSelector");
        Map<Direction, List<Rule>> rules = new EnumMap<>(Direction.class);
        List<Rule> ingress = rules(namespace, spec, "ingress");
        List<Rule> egress = rules(namespace, spec, "egress");
        List<String> types = spec.child("policyTypes").elements().stream()
                .map(NetworkPolicy::type)
                .toList();
        if (types.isEmpty() || types.contains("Ingress")) {
            rules.put(Direction.INGRESS, ingress);
        }
        if (types.contains("Egress") || (types.isEmpty() && !egress.isEmpty())) {
            rules.put(Direction.EGRESS, egress);
        }
        return new NetworkPolicy(
                new PolicyRef(KIND, namespace, name, null),
                selector.absent() ? new LabelSelector(List.of()) : LabelSelector.parse(selector),
                rules);
    }

    @Override
    public PolicyRef ref() {
        return ref;
    }

    @Override
    public boolean selects(Peer.Pod pod, Direction direction) {
        return rules.containsKey(direction) && pod.namespace().equals(ref.namespace()) && subject.matches(pod.labels());
    }

    @Override
    public List<String> allowing(Traffic traffic, Direction direction) {
        Peer other = direction == Direction.INGRESS ? traffic.source() : traffic.destination();
        List<String> names = new ArrayList<>();
        for (Rule rule : rules.getOrDefault(direction, List.of())) {
            if (rule.allows(traffic, other)) {
                names.add(rule.name());
            }
        }
        return names;
    }

    @Override
    public List<Match> match(Traffic traffic, Direction direction) {
        Peer other = direction == Direction.INGRESS ? traffic.source() : traffic.destination();
        List<Match> matches = new ArrayList<>();
        for (Rule rule : rules.getOrDefault(direction, List.of())) {
            matches.add(rule.match(traffic, other));
        }
        return matches;
    }

    private static List<Rule> rules(String namespace, Fields spec, String direction) {
        List<Rule> rules = new ArrayList<>();
        for (Fields rule : spec.child(direction).elements()) {
            rules.add(Rule.parse(namespace, rule, direction, rules.size()));
        }
        return List.copyOf(rules);
    }

    private static String type(Fields type) {
        String text = type.text();
        if (!text.equals("Ingress") && !text.equals("Egress")) {
            throw type.invalid("'" + text + "' is not Ingress or Egress");
        }
        return text;
    }
}
