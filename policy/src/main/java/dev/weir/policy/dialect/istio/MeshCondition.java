package dev.weir.policy.dialect.istio;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.Ip;
import dev.weir.policy.Holds;
import dev.weir.policy.MeshTraffic;
import dev.weir.policy.clause.AddressBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One field of a source or an operation, or one condition of {@code when}: one of the values must match, or none.
 *
 * @param argument the name of a header or the path of a claim; empty for others
 * @param isOfConnections true if ztunnel knows the field
 */
record MeshCondition(
        Attribute attribute, List<String> argument, List<String> values, boolean isNegated, boolean isOfConnections) {
    private static final Set<Attribute> OF_REQUESTS = Set.of(
            Attribute.HOST,
            Attribute.METHOD,
            Attribute.PATH,
            Attribute.REQUEST_PRINCIPAL,
            Attribute.AUDIENCES,
            Attribute.PRESENTER,
            Attribute.CLAIM,
            Attribute.HEADER);

    /** The property of traffic that a condition tests. */
    enum Attribute {
        PRINCIPAL,
        NAMESPACE,
        ACCOUNT,
        TRUST_DOMAIN,
        SOURCE_IP,
        REMOTE_IP,
        DESTINATION_IP,
        PORT,
        HOST,
        METHOD,
        PATH,
        REQUEST_PRINCIPAL,
        AUDIENCES,
        PRESENTER,
        CLAIM,
        HEADER,
        SNI,
        OF_ENVOY
    }

    boolean isOfRequests() {
        return OF_REQUESTS.contains(attribute);
    }

    /**
     * Tests traffic.
     *
     * @param isHttp true if the proxy takes it for HTTP
     */
    Holds holds(MeshView view, boolean isHttp, boolean isZtunnel) {
        Holds holds = matches(view, isHttp, isZtunnel);
        return isNegated ? holds.negated() : holds;
    }

    private Holds matches(MeshView view, boolean isHttp, boolean isZtunnel) {
        MeshTraffic.Http http = view.http();
        return switch (attribute) {
            case PRINCIPAL ->
                identity(view, id -> any(value -> ValuePattern.of(value).matches(id)));
            case NAMESPACE ->
                identity(
                        view,
                        id -> any(value -> isZtunnel
                                ? ValuePattern.of(value).matches(part(id, "/ns/"))
                                : ValuePattern.of(value).matchesWithin(part(id, "/ns/"))));
            case ACCOUNT ->
                identity(view, id -> any(value -> (part(id, "/ns/") + "/" + part(id, "/sa/")).equals(value)));
            case TRUST_DOMAIN ->
                identity(view, id -> any(value -> ValuePattern.of(value).matches(upToSlash(id))));
            case SOURCE_IP -> address(view.traffic().source().ip());
            case REMOTE_IP -> address(!isHttp ? view.traffic().source().ip() : http == null ? null : http.clientIp());
            case DESTINATION_IP -> address(view.traffic().destination().ip());
            case PORT -> {
                Integer port = view.traffic().port();
                yield port == null ? Holds.UNKNOWN : Holds.of(values.contains(String.valueOf(port)));
            }
            case HOST -> text(http == null ? null : http.host(), true, ValuePattern::ofAnyCase);
            case METHOD -> text(http == null ? null : http.method(), true, ValuePattern::of);
            case PATH -> path(http == null ? null : http.path());
            case REQUEST_PRINCIPAL -> token(view, this::isOfSubject);
            case AUDIENCES -> token(view, claims -> isAnyOf(claims.path("aud")));
            case PRESENTER -> token(view, claims -> isAnyOf(claims.path("azp")));
            case CLAIM -> token(view, this::hasClaim);
            case HEADER -> header(http);
            case SNI -> sni(view, isHttp);
            case OF_ENVOY -> Holds.UNKNOWN;
        };
    }

    private boolean any(Predicate<String> matches) {
        for (String value : values) {
            if (matches.test(value)) {
                return true;
            }
        }
        return false;
    }

    private Holds identity(MeshView view, Predicate<String> matches) {
        if (view.mtls() == Holds.NO) {
            return Holds.NO;
        }
        String id = view.principal();
        if (id == null) {
            return view.mtls() == Holds.YES
                            && any(value -> ValuePattern.of(value).isAny())
                    ? Holds.YES
                    : Holds.UNKNOWN;
        }
        Holds holds = Holds.of(matches.test(id));
        return view.mtls() == Holds.YES ? holds : holds.and(Holds.UNKNOWN);
    }

    /** The part of an identity after a marker, up to the next slash. */
    private static String part(String identity, String marker) {
        int at = identity.indexOf(marker);
        return at < 0 ? "" : upToSlash(identity.substring(at + marker.length()));
    }

    private static String upToSlash(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? text : text.substring(0, slash);
    }

    private Holds address(@Nullable String ip) {
        byte[] address = ip == null ? null : Ip.parse(ip);
        if (address == null) {
            return Holds.UNKNOWN;
        }
        return Holds.of(any(value -> {
            AddressBlock block = AddressBlock.parseAny(value);
            return block != null && block.contains(address);
        }));
    }

    private Holds text(@Nullable String value, boolean isInEveryRequest, Function<String, ValuePattern> pattern) {
        if (isInEveryRequest && any(each -> ValuePattern.of(each).isAny())) {
            return Holds.YES;
        }
        return value == null
                ? Holds.UNKNOWN
                : Holds.of(any(each -> pattern.apply(each).matches(value)));
    }

    private Holds path(@Nullable String sent) {
        if (any(each -> ValuePattern.of(each).isAny())) {
            return Holds.YES;
        }
        if (sent == null) {
            return Holds.UNKNOWN;
        }
        String path = RequestPath.normalized(sent);
        return Holds.of(any(each -> RequestPath.isTemplate(each)
                ? RequestPath.matchesTemplate(each, path)
                : ValuePattern.of(each).matches(path)));
    }

    private Holds header(MeshTraffic.@Nullable Http http) {
        Optional<String> value = http == null ? null : http.headers().get(argument.get(0));
        if (value == null) {
            return Holds.UNKNOWN;
        }
        return Holds.of(value.isPresent()
                && any(each ->
                        ValuePattern.of(each).isAny() || ValuePattern.of(each).matches(value.get())));
    }

    private Holds sni(MeshView view, boolean isHttp) {
        String sni = view.sni();
        if (sni == null) {
            return isHttp && view.mtls() == Holds.NO ? Holds.NO : Holds.UNKNOWN;
        }
        return Holds.of(any(each -> ValuePattern.of(each).matches(sni)));
    }

    private static Holds token(MeshView view, Predicate<JsonNode> matches) {
        Optional<JsonNode> token = view.token();
        return token == null ? Holds.UNKNOWN : Holds.of(token.isPresent() && matches.test(token.get()));
    }

    private boolean isOfSubject(JsonNode claims) {
        String issuer = claims.path("iss").asText("");
        String subject = claims.path("sub").asText("");
        if (issuer.isEmpty() || subject.isEmpty()) {
            return false;
        }
        return any(value -> {
            int slash = value.lastIndexOf('/');
            if (slash < 0) {
                return ValuePattern.of(value).matches(issuer + "/" + subject);
            }
            // A pattern stands at one end; Istio takes the half at the other end literally.
            String first = value.substring(0, slash);
            String last = value.substring(slash + 1);
            return value.startsWith("*")
                    ? ValuePattern.of(first).matches(issuer) && last.equals(subject)
                    : first.equals(issuer) && ValuePattern.of(last).matches(subject);
        });
    }

    private boolean hasClaim(JsonNode claims) {
        JsonNode at = claims;
        for (String part : argument) {
            at = at.path(part);
        }
        return isAnyOf(at);
    }

    private boolean isAnyOf(JsonNode claim) {
        List<String> texts = new ArrayList<>();
        if (claim.isTextual()) {
            texts.add(claim.textValue());
        }
        if (claim.isArray()) {
            claim.forEach(each -> {
                if (each.isTextual()) {
                    texts.add(each.textValue());
                }
            });
        }
        return texts.stream()
                .anyMatch(text -> any(value -> ValuePattern.of(value).matches(text)));
    }
}
