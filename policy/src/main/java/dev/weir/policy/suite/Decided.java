package dev.weir.policy.suite;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import dev.weir.policy.SideDecision;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The expected deciding policies of one side: {@code {verdict, by: [{kind, namespace, name, rule}], passedBy: […]}}. A
 * rule may be given by its place ({@code ingress[0]}, or {@code #1} for the first) or by its name. The kind {@code
 * default} stands for no policy at all. The key {@code verdict} is the expected decision of the side; files in use fix
 * its name.
 */
record Decided(
        @Nullable String decision,
        @Nullable JsonNode by,
        @Nullable JsonNode passedBy) {
    private static final Pattern PLACE = Pattern.compile("(ingress|egress)\\[([0-9]+)\\](?: \\((.*)\\))?");

    static @Nullable Decided parse(JsonNode side) {
        if (side.isMissingNode() || side.isNull()) {
            return null;
        }
        MalformedCheckException.refuseOthers(side, "decided", Set.of("verdict", "by", "passedBy"));
        for (String field : List.of("by", "passedBy")) {
            side.path(field)
                    .forEach(each -> MalformedCheckException.refuseOthers(
                            each, "decided", Set.of("kind", "namespace", "name", "rule")));
        }
        return new Decided(
                side.path("verdict").textValue(),
                side.has("by") ? side.get("by") : null,
                side.has("passedBy") ? side.get("passedBy") : null);
    }

    /** The difference of a decision from the expected one; null for none. */
    @Nullable String difference(String side, SideDecision actual) {
        String found = actual.expected() == Expected.DENY
                ? "deny"
                : actual.expected() == Expected.UNKNOWN ? "unknown" : "allow";
        if (decision != null && !decision.equals(found)) {
            return side + " is " + found + ", not " + decision;
        }
        if (by != null && !same(by, actual.decidedBy())) {
            return side + " is decided by " + names(actual.decidedBy()) + ", not by " + names(by);
        }
        if (passedBy != null && !same(passedBy, actual.passedBy())) {
            return side + " is passed on by " + names(actual.passedBy()) + ", not by " + names(passedBy);
        }
        return null;
    }

    /** True if exactly the named policies took part, with the named rules among theirs. */
    private static boolean same(JsonNode wanted, List<PolicyRef> refs) {
        List<JsonNode> policies = new ArrayList<>();
        wanted.forEach(each -> {
            if (!each.path("kind").asText().equals("default")) {
                policies.add(each);
            }
        });
        return policies.stream().allMatch(each -> refs.stream()
                        .anyMatch(ref ->
                                isOf(each, ref) && isRule(each.path("rule").textValue(), ref.rule())))
                && refs.stream().allMatch(ref -> policies.stream().anyMatch(each -> isOf(each, ref)));
    }

    /** True if a reference is of the named policy, whose kind may be given without its group. */
    private static boolean isOf(JsonNode wanted, PolicyRef ref) {
        String kind = wanted.path("kind").asText();
        return (ref.kind().equals(kind) || ref.kind().startsWith(kind + "."))
                && Objects.equals(wanted.path("namespace").textValue(), ref.namespace())
                && wanted.path("name").asText().equals(ref.name());
    }

    private static boolean isRule(@Nullable String wanted, @Nullable String rule) {
        if (wanted == null) {
            return true;
        }
        Matcher place = PLACE.matcher(String.valueOf(rule));
        if (!place.matches()) {
            return wanted.equals(rule);
        }
        String number = "#" + (Integer.parseInt(place.group(2)) + 1);
        return wanted.equals(number)
                || wanted.equals(rule)
                || wanted.equals(place.group(1) + "[" + place.group(2) + "]")
                || wanted.equals(place.group(3));
    }

    private static String policy(String kind, @Nullable String namespace, String name) {
        return kind + " " + (namespace == null ? "" : namespace + "/") + name;
    }

    private static String names(List<PolicyRef> refs) {
        return refs.isEmpty()
                ? "no policy"
                : String.join(", ", refs.stream().map(PolicyRef::display).toList());
    }

    private static String names(JsonNode refs) {
        Set<String> names = new TreeSet<>();
        refs.forEach(ref -> names.add(policy(
                        ref.path("kind").asText(),
                        ref.path("namespace").textValue(),
                        ref.path("name").asText(""))
                + (ref.has("rule") ? " " + ref.path("rule").asText() : "")));
        return String.join(", ", names);
    }
}
