package dev.weir.policy.suite;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.MeshTraffic;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses the fields of a check that are about a mesh: {@code mtls}, {@code http}, {@code sni} and {@code service}. */
final class MeshFields {
    static final Set<String> NAMES = Set.of("mtls", "http", "sni", "service");

    private MeshFields() {}

    /**
     * Parses the fields.
     *
     * @throws MalformedCheckException naming the field
     */
    static MeshTraffic parse(JsonNode check) {
        JsonNode mtls = check.path("mtls");
        if (!isAbsent(mtls) && !mtls.isBoolean()) {
            throw new MalformedCheckException("mtls", mtls + " is not true or false");
        }
        JsonNode service = check.path("service");
        if (!isAbsent(service)) {
            MalformedCheckException.refuseOthers(service, "service", Set.of("namespace", "name"));
        }
        return new MeshTraffic(
                isAbsent(mtls) ? null : mtls.booleanValue(),
                check.path("from").path("principal").textValue(),
                null,
                http(check.path("http")),
                check.path("sni").textValue(),
                isAbsent(service)
                        ? null
                        : service.path("namespace").asText("default") + "/"
                                + service.path("name").asText(""));
    }

    private static MeshTraffic.@Nullable Http http(JsonNode http) {
        if (isAbsent(http)) {
            return null;
        }
        MalformedCheckException.refuseOthers(
                http, "http", Set.of("method", "path", "host", "headers", "jwt", "clientIp"));
        Map<String, Optional<String>> headers = new HashMap<>();
        http.path("headers")
                .properties()
                .forEach(each -> headers.put(
                        each.getKey().toLowerCase(Locale.ROOT),
                        Optional.ofNullable(each.getValue().textValue())));
        JsonNode jwt = http.path("jwt");
        return new MeshTraffic.Http(
                http.path("method").textValue(),
                http.path("path").textValue(),
                http.path("host").textValue(),
                Map.copyOf(headers),
                jwt.isMissingNode() ? null : jwt.isNull() ? Optional.empty() : Optional.of(jwt),
                http.path("clientIp").textValue());
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }
}
