package dev.weir.policy.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.manifest.Manifest;
import dev.weir.policy.dialect.cilium.CiliumDialect;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Lints of Cilium's policies, in which an empty entry and an empty list of peers match nothing. */
final class CiliumLints {
    private static final List<String> LISTS = List.of("ingress", "ingressDeny", "egress", "egressDeny");

    private CiliumLints() {}

    /** Reports each place with the reason. */
    static void look(Manifest manifest, BiConsumer<String, String> report) {
        if (!manifest.object().path("apiVersion").asText("").startsWith(CiliumDialect.GROUP + "/")) {
            return;
        }
        rules(manifest.object().path("spec"), "spec", report);
        JsonNode specs = manifest.object().path("specs");
        for (int i = 0; i < specs.size(); i++) {
            rules(specs.path(i), "specs[" + i + "]", report);
        }
    }

    private static void rules(JsonNode spec, String place, BiConsumer<String, String> report) {
        for (String list : LISTS) {
            JsonNode entries = spec.path(list);
            for (int i = 0; i < entries.size(); i++) {
                entry(entries.path(i), list, place + "." + list + "[" + i + "]", report);
            }
        }
    }

    private static void entry(JsonNode entry, String list, String place, BiConsumer<String, String> report) {
        boolean denies = list.endsWith("Deny");
        if (entry.isObject() && entry.isEmpty()) {
            String all = list.startsWith("ingress") ? "fromEntities: [all]" : "toEntities: [all]";
            report.accept(
                    place,
                    "is empty, which matches nothing in Cilium: it " + (denies ? "denies" : "allows")
                            + " nothing; for everything write " + all);
        }
        for (Map.Entry<String, JsonNode> field : entry.properties()) {
            boolean namesPeers =
                    field.getKey().startsWith("from") || field.getKey().startsWith("to");
            boolean isPorts = field.getKey().equals("toPorts");
            if (namesPeers
                    && !isPorts
                    && field.getValue().isArray()
                    && field.getValue().isEmpty()) {
                report.accept(
                        place + "." + field.getKey(),
                        "is an empty list, which matches nothing in Cilium; leave the field out for any peer");
            }
        }
    }
}
