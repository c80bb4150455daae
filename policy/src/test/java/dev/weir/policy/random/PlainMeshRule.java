package dev.weir.policy.random;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A rule of an AuthorizationPolicy as three lists of entries.
 *
 * @param when one entry for each condition
 */
record PlainMeshRule(boolean allows, List<List<Term>> from, List<List<Term>> to, List<List<Term>> when) {
    private static final Map<String, String> KEYS = Map.ofEntries(
            Map.entry("principals", "source.principal"),
            Map.entry("requestPrincipals", "request.auth.principal"),
            Map.entry("namespaces", "source.namespace"),
            // Ztunnel knows the field, but not the condition of that name.
            Map.entry("serviceAccounts", "from.serviceAccount"),
            Map.entry("trustDomains", "source.trustDomain"),
            Map.entry("ipBlocks", "source.ip"),
            Map.entry("remoteIpBlocks", "remote.ip"),
            Map.entry("hosts", "request.host"),
            Map.entry("ports", "destination.port"),
            Map.entry("methods", "request.method"),
            Map.entry("paths", "request.path"));

    private static final Set<String> OF_ZTUNNEL = Set.of(
            "source.principal",
            "source.namespace",
            "from.serviceAccount",
            "source.ip",
            "destination.ip",
            "destination.port");

    /**
     * A field, or one of the lists of a condition.
     *
     * @param key the key of the condition that means the same
     */
    record Term(String key, boolean not, List<String> values) {
        boolean isOfHttp() {
            return key.startsWith("request.");
        }

        boolean isOfZtunnel() {
            return OF_ZTUNNEL.contains(key);
        }
    }

    static PlainMeshRule of(JsonNode rule, String action) {
        List<List<Term>> from = new ArrayList<>();
        rule.path("from").forEach(each -> from.add(fields(each.path("source"))));
        List<List<Term>> to = new ArrayList<>();
        rule.path("to").forEach(each -> to.add(fields(each.path("operation"))));
        List<List<Term>> when = new ArrayList<>();
        for (JsonNode each : rule.path("when")) {
            List<Term> entry = new ArrayList<>();
            for (boolean not : List.of(false, true)) {
                List<String> values = texts(each.path(not ? "notValues" : "values"));
                if (!values.isEmpty()) {
                    entry.add(new Term(each.path("key").asText(), not, values));
                }
            }
            when.add(entry);
        }
        return new PlainMeshRule(action.equals("ALLOW"), from, to, when);
    }

    private static List<Term> fields(JsonNode entry) {
        List<Term> terms = new ArrayList<>();
        entry.properties().forEach(field -> {
            boolean not = field.getKey().startsWith("not");
            String name = not
                    ? field.getKey().substring(3, 4).toLowerCase(Locale.ROOT)
                            + field.getKey().substring(4)
                    : field.getKey();
            List<String> values = texts(field.getValue());
            if (!values.isEmpty()) {
                terms.add(new Term(String.valueOf(KEYS.get(name)), not, values));
            }
        });
        return terms;
    }

    static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    Stream<Term> terms() {
        return Stream.of(from, to, when).flatMap(List::stream).flatMap(List::stream);
    }

    /** True if Envoy finds the rule to match; on TCP the fields of HTTP fall away, or the whole rule that allows. */
    boolean matchesAtEnvoy(boolean isHttp, Predicate<Term> holds) {
        if (!isHttp && allows && terms().anyMatch(Term::isOfHttp)) {
            return false;
        }
        Predicate<List<Term>> entry = terms ->
                terms.stream().filter(term -> isHttp || !term.isOfHttp()).allMatch(holds);
        return (from.isEmpty() || from.stream().anyMatch(entry))
                && (to.isEmpty() || to.stream().anyMatch(entry))
                && when.stream().allMatch(entry);
    }

    /**
     * True if ztunnel finds the rule to match. Each condition is a clause of its own (istio, ambient/authorization.go,
     * handleRule), and an entry of which nothing is left matches nothing (ztunnel, rbac.rs).
     */
    boolean matchesAtZtunnel(Predicate<Term> holds) {
        if (allows && !terms().allMatch(Term::isOfZtunnel)) {
            return false;
        }
        Predicate<List<Term>> entry = terms -> terms.stream().anyMatch(Term::isOfZtunnel)
                && terms.stream().filter(Term::isOfZtunnel).allMatch(holds);
        return (from.isEmpty() || from.stream().anyMatch(entry))
                && (to.isEmpty() || to.stream().anyMatch(entry))
                && when.stream().allMatch(entry);
    }
}
