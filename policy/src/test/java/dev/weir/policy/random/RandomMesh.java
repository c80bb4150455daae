package dev.weir.policy.random;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Draws a cluster in a mesh of Istio with a few policies, most of which allow. No policy of the network is among them,
 * since a patch of one for an ambient pod opens the tunnel of all its ports.
 */
final class RandomMesh extends RandomObjects {
    private static final String VERSION = "security.istio.io/v1";

    RandomMesh(long seed) {
        super(seed);
        objects.stream()
                .filter(object -> object.path("kind").asText().equals("Pod"))
                .forEach(this::proxy);
        if (chance(3)) {
            ObjectNode strict = object(VERSION, "PeerAuthentication", pick(NAMESPACES), "strict");
            strict.putObject("spec").putObject("mtls").put("mode", pick(List.of("STRICT", "DISABLE")));
            add(strict);
        }
        for (int i = 1 + next(5); i > 0; i--) {
            add(policy("p" + i));
        }
    }

    private void proxy(ObjectNode pod) {
        if (pod.path("spec").path("hostNetwork").asBoolean() || chance(5)) {
            return;
        }
        if (chance(3)) {
            pod.withObject("/metadata/annotations").put("ambient.istio.io/redirection", "enabled");
        } else {
            pod.withArray("/spec/containers")
                    .addObject()
                    .put("name", "istio-proxy")
                    .put("image", "i");
        }
    }

    private ObjectNode policy(String name) {
        ObjectNode policy = object(VERSION, "AuthorizationPolicy", pick(NAMESPACES), name);
        ObjectNode spec = policy.putObject("spec");
        if (!chance(3)) {
            randomLabels(spec.putObject("selector").putObject("matchLabels"), 2);
        }
        boolean denies = chance(5);
        spec.put("action", denies ? "DENY" : "ALLOW");
        for (int i = denies ? 1 : next(3); i > 0; i--) {
            rule(spec.withArray("/rules").addObject());
        }
        return policy;
    }

    private void rule(ObjectNode rule) {
        ObjectNode source = rule.putArray("from").addObject().putObject("source");
        switch (next(3)) {
            case 0 -> source.putArray("namespaces").add(pick(NAMESPACES));
            case 1 -> source.putArray("principals").add("cluster.local/ns/" + pick(NAMESPACES) + "/sa/reader");
            default -> source.putArray("ipBlocks").add("10.1.1.0/24");
        }
        if (chance(2)) {
            ObjectNode operation = rule.putArray("to").addObject().putObject("operation");
            operation.putArray("ports").add(String.valueOf(pick(PORTS)));
            if (chance(3)) {
                operation.putArray("methods").add(pick(List.of("GET", "POST")));
            }
        }
    }
}
