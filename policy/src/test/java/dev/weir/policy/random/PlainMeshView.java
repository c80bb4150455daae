package dev.weir.policy.random;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.policy.random.PlainMeshRule.Term;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A connection as the proxy of its destination sees it, against which terms of rules are tested.
 *
 * @param identity the identity of the source; {@link #NONE} if it has none, empty if it is not known
 * @param mtls true if the proxy ends the TLS of the mesh
 * @param terms all terms that may be asked for, between which values must distinguish
 * @param takesTokens true if a RequestAuthentication is attached
 */
record PlainMeshView(
        PlainPacket record,
        PlainChoices choices,
        int port,
        String identity,
        boolean mtls,
        boolean isZtunnel,
        boolean isHttp,
        List<Term> terms,
        boolean takesTokens) {
    /** The value of an identity, header or token that there is not. */
    static final String NONE = "-";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A test of one value of a term. */
    private interface Test extends Predicate<String> {}

    boolean holds(Term term) {
        Test test = test(term.key());
        return term.values().stream().anyMatch(test) != term.not();
    }

    private Test test(String key) {
        return switch (key) {
            case "source.principal" -> identity(PlainMeshView::matches);
            case "source.namespace" ->
                identity((value, id) ->
                        isZtunnel ? matches(value, part(id, 2)) : part(id, 2).matches(value.replace("*", ".*")));
            case "source.serviceAccount", "from.serviceAccount" ->
                identity((value, id) -> value.equals(part(id, 2) + "/" + part(id, 4)));
            case "source.trustDomain" -> identity((value, id) -> matches(value, part(id, 0)));
            case "source.ip" -> value -> isIn(value, record.source().ip());
            case "remote.ip" -> value -> isIn(value, client());
            case "destination.ip" -> value -> isIn(value, record.destination().ip());
            case "destination.port" -> value -> value.equals(String.valueOf(port));
            case "connection.sni" -> value -> matches(value, serverName());
            case "request.host" ->
                value -> matches(
                        value.toLowerCase(Locale.ROOT), text(key, "host").toLowerCase(Locale.ROOT));
            case "request.method" -> value -> matches(value, text(key, "method"));
            case "request.path" -> value -> path(value, choices.of("path", () -> PlainMeshValues.paths(terms)));
            case "request.auth.principal" ->
                value -> isOfRequest(value, claim("iss", halves(true)), claim("sub", halves(false)));
            case "request.auth.audiences" -> claims("aud", key);
            case "request.auth.presenter" -> claims("azp", key);
            default -> other(key);
        };
    }

    private Test other(String key) {
        String name = key.substring(key.indexOf('[') + 1, key.length() - 1);
        if (key.startsWith("request.headers")) {
            return value -> {
                String sent = choices.of("header:" + name.toLowerCase(Locale.ROOT), () -> headers(key));
                return !sent.equals(NONE) && matches(value, sent);
            };
        }
        return key.startsWith("request.auth.claims")
                ? claims(name.replace("][", "."), key)
                : value -> choices.isYes("filter:" + key + value);
    }

    /** A pattern with * at its start or end, or alone for a text that is not empty. */
    private static boolean matches(String pattern, String text) {
        if (pattern.equals("*")) {
            return !text.isEmpty();
        }
        if (pattern.startsWith("*")) {
            return text.endsWith(pattern.substring(1));
        }
        return pattern.endsWith("*")
                ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                : text.equals(pattern);
    }

    private Test identity(BiPredicate<String, String> matches) {
        return value -> {
            String id = identity.isEmpty() ? choices.of("principal", PlainMeshValues::principals) : identity;
            return !id.equals(NONE) && matches.test(value, id);
        };
    }

    private static String part(String identity, int place) {
        return identity.split("/")[place];
    }

    private static boolean isIn(String block, String ip) {
        boolean isBlock = block.contains("/");
        return PlainEvaluator.contains(isBlock ? block : block + (block.contains(":") ? "/128" : "/32"), ip);
    }

    /** The address that Envoy takes for the client; on TCP there is nothing but the peer. */
    private String client() {
        return isHttp
                ? choices.of("clientIp", () -> PlainMeshValues.addresses(terms, "remote.ip"))
                : record.source().ip();
    }

    /** HTTP in plaintext has no name; other connections may have one. */
    private String serverName() {
        if (isHttp && !mtls && record.detail("sni").isEmpty()) {
            return "";
        }
        String name = choices.of("sni", () -> withNone(PlainMeshValues.texts(terms, "connection.sni", "other.test")));
        return name.equals(NONE) ? "" : name;
    }

    private static List<String> withNone(List<String> texts) {
        return Stream.concat(Stream.of(NONE), texts.stream()).toList();
    }

    private List<String> headers(String key) {
        return withNone(PlainMeshValues.texts(terms, key, "other"));
    }

    private String text(String key, String property) {
        return choices.of(property, () -> PlainMeshValues.texts(terms, key, "OTHER"));
    }

    private static boolean path(String pattern, String sent) {
        String path = normalized(sent);
        if (!pattern.contains("{")) {
            return matches(pattern, path);
        }
        StringBuilder regex = new StringBuilder();
        for (String segment : pattern.substring(1).split("/", -1)) {
            regex.append('/')
                    .append(segment.equals("{*}") ? "[^/]+" : segment.equals("{**}") ? ".*" : Pattern.quote(segment));
        }
        return path.matches(regex.toString());
    }

    /** The path without its query, after dots and backslashes are resolved. */
    private static String normalized(String sent) {
        Deque<String> kept = new ArrayDeque<>();
        String path = sent.split("[?#]")[0].replace('\\', '/');
        for (String segment : path.substring(1).split("/", -1)) {
            if (segment.equals("..")) {
                kept.pollLast();
            } else if (!segment.equals(".")) {
                kept.addLast(segment);
            }
        }
        boolean isOpen = path.endsWith("/.") || path.endsWith("/..");
        return "/" + String.join("/", kept) + (isOpen && !kept.isEmpty() ? "/" : "");
    }

    /**
     * Tests a principal of requests as Istio splits it (pilot/pkg/security/authz/model/generator.go): a wildcard stands
     * at one end, and the half at the other end is taken literally.
     */
    private static boolean isOfRequest(String value, List<String> issuer, List<String> subject) {
        if (issuer.isEmpty() || subject.isEmpty()) {
            return false;
        }
        int slash = value.lastIndexOf('/');
        String iss = slash < 0 ? value : value.substring(0, slash);
        String sub = slash < 0 ? "" : value.substring(slash + 1);
        if (value.equals("*")) {
            return true;
        }
        if (value.startsWith("*")) {
            return slash < 0
                    ? matches(value, subject.get(0))
                    : matches(iss, issuer.get(0)) && sub.equals(subject.get(0));
        }
        if (value.endsWith("*")) {
            return slash < 0
                    ? matches(value, issuer.get(0))
                    : iss.equals(issuer.get(0)) && matches(sub, subject.get(0));
        }
        return iss.equals(issuer.get(0)) && sub.equals(subject.get(0));
    }

    private List<String> halves(boolean issuers) {
        return PlainMeshValues.ofPrincipals(terms, issuers);
    }

    private Test claims(String claim, String key) {
        return value -> {
            List<String> values = PlainMeshValues.claims(PlainMeshValues.texts(terms, key, "other"));
            return claim(claim, values).stream().anyMatch(each -> matches(value, each));
        };
    }

    /** The texts of a claim of the verified token; none without a token. */
    private List<String> claim(String name, List<String> values) {
        String token = takesTokens ? record.detail("jwt") : NONE;
        if (token.isEmpty()) {
            String claim = choices.isYes("token") ? choices.of("claim:" + name, () -> values) : NONE;
            return claim.equals(NONE) ? List.of() : Arrays.asList(claim.split(","));
        }
        JsonNode at = token.equals(NONE) ? JSON.nullNode() : parsed(token);
        for (String part : name.split("[.]")) {
            at = at.path(part);
        }
        return at.isTextual() ? List.of(at.asText()) : PlainMeshRule.texts(at);
    }

    private static ObjectNode parsed(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
