package dev.weir.policy.dialect.istio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Direction;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.manifest.ChangeWriter;
import dev.weir.policy.manifest.DecidedSide;
import dev.weir.policy.manifest.PolicyChange;
import dev.weir.policy.manifest.RuleWriter;
import dev.weir.policy.manifest.StableLabels;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes in the terms of Istio: where policies allow and none matches, one more rule in the nearest of them, or
 * in a new one where that is about all pods. Nothing that allows overrides a rule that denies, or a refusal of plaintext.
 */
final class IstioChanges implements ChangeWriter {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final IstioFacts facts;

    IstioChanges(ClusterFacts facts) {
        this.facts = IstioFacts.of(facts);
    }

    @Override
    public @Nullable PolicyChange allow(DecidedSide side) {
        ObjectNode rule = side.isByRule() ? null : new IstioEntry(side.traffic(), facts).rule();
        Peer.Pod subject = side.traffic().destination().pod();
        Policy start = side.start();
        if (rule == null || subject == null || start == null) {
            return null;
        }
        Targets targets = IstioDialect.targets(start);
        if (!start.subject().isWide() && targets != null) {
            return new PolicyChange(same(side, start, targets, rule), addition(start, rule), "");
        }
        Map<String, String> labels = StableLabels.of(subject.identity().labels());
        ObjectNode policy = policy(side.name(true), subject.namespace(), rule);
        policy.withObject("/spec").set("selector", RuleWriter.selector(labels));
        return labels.isEmpty() ? null : PolicyChange.of(policy, "");
    }

    /** Writes nothing: the policies of the network deny. */
    @Override
    public @Nullable PolicyChange deny(DecidedSide side) {
        return null;
    }

    private static PolicyChange.Addition addition(Policy to, ObjectNode rule) {
        boolean isFirst = to.rules(Direction.INGRESS).isEmpty();
        JsonNode value = isFirst ? JSON.arrayNode().add(rule) : rule;
        return new PolicyChange.Addition(to.ref(), isFirst ? "/spec/rules" : "/spec/rules/-", value);
    }

    /** A policy that is attached to the same workloads as another one. */
    private static ObjectNode same(DecidedSide side, Policy start, Targets targets, ObjectNode rule) {
        ObjectNode policy = policy(side.name(true), String.valueOf(start.ref().namespace()), rule);
        ObjectNode spec = policy.withObject("/spec");
        List<Targets.Reference> references = targets.references();
        if (references.isEmpty()) {
            spec.set("selector", RuleWriter.selector(targets.labels()));
        } else {
            ArrayNode list = spec.putArray("targetRefs");
            spec.remove("selector");
            references.forEach(each -> list.addObject().put("kind", each.kind()).put("name", each.name()));
        }
        return policy;
    }

    private static ObjectNode policy(String name, String namespace, ObjectNode rule) {
        ObjectNode policy = JSON.objectNode();
        policy.put("apiVersion", IstioDialect.VERSION).put("kind", IstioDialect.AUTHORIZATION);
        policy.putObject("metadata").put("name", name).put("namespace", namespace);
        ObjectNode spec = policy.putObject("spec");
        spec.putObject("selector");
        spec.put("action", "ALLOW").putArray("rules").add(rule);
        return policy;
    }
}
