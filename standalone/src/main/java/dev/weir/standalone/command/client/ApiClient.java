package dev.weir.standalone.command.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.UnavailableException;
import dev.weir.model.codec.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Calls the API over HTTP. A refusal becomes an {@link UnavailableException} with the message of the API. */
final class ApiClient {
    private static final int PAGE = 1_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient http;
    private final String base;
    private final @Nullable String token;

    ApiClient(ApiOptions options) {
        this.base = options.url.replaceFirst("/$", "") + "/api/v1";
        this.token = token(options.tokenFile);
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(TIMEOUT);
        Path caFile = options.caFile;
        if (caFile != null && !caFile.toString().isEmpty()) {
            client.sslContext(trusting(caFile));
        } else if (base.startsWith("http:")) {
            client.sslContext(withoutAuthorities());
        }
        this.http = client.build();
        try {
            if (URI.create(base).getHost() == null) {
                throw new ConfigException("--url: '" + options.url + "' is no URL such as http://127.0.0.1:8080");
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--url: '" + options.url + "' is no URL such as http://127.0.0.1:8080");
        }
    }

    private static @Nullable String token(@Nullable Path file) {
        if (file == null || file.toString().isEmpty()) {
            return null;
        }
        try {
            String token = Files.readString(file).trim();
            if (!token.matches("[!-~]+")) {
                throw new ConfigException("--token-file: " + file + " must hold one token and nothing else");
            }
            return token;
        } catch (IOException e) {
            throw new ConfigException("--token-file: " + file + " cannot be read");
        }
    }

    /** The context of a client that speaks no TLS. The default one reads the JDK's authorities, which takes long. */
    private static SSLContext withoutAuthorities() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[0], null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    private static SSLContext trusting(Path file) {
        try (InputStream pem = Files.newInputStream(file)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                trusted.setCertificateEntry("ca-" + trusted.size(), each);
            }
            if (trusted.size() == 0) {
                throw new ConfigException("--ca-file: " + file + " holds no certificate in PEM");
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new ConfigException("--ca-file: " + file + " cannot be read");
        } catch (GeneralSecurityException e) {
            throw new ConfigException("--ca-file: " + file + " holds no certificate in PEM");
        }
    }

    /**
     * Sends a GET request and returns the parsed body.
     *
     * @param query parameters; those with the value null are left out
     */
    JsonNode get(String path, Map<String, @Nullable Object> query) {
        String text = query.entrySet().stream()
                .filter(each -> each.getValue() != null)
                .map(each -> each.getKey() + "=" + encoded(String.valueOf(each.getValue())))
                .collect(Collectors.joining("&"));
        return send(request(path + (text.isEmpty() ? "" : "?" + text)).GET().build());
    }

    /**
     * Fetches a list page by page, up to the limit.
     *
     * @param of the name of the list in the answer
     * @param next the name of the next page's start in the answer
     * @param as the name of the same parameter in the request
     */
    ArrayNode pages(String path, Map<String, @Nullable Object> query, String of, String next, String as, int limit) {
        ArrayNode all = Json.MAPPER.createArrayNode();
        Map<String, @Nullable Object> asked = new HashMap<>(query);
        do {
            asked.put("limit", Math.min(PAGE, limit - all.size()));
            JsonNode page = get(path, asked);
            page.path(of).forEach(all::add);
            asked.put(as, page.has(next) ? page.path(next).asText() : null);
        } while (asked.get(as) != null && all.size() < limit);
        return all;
    }

    JsonNode post(String path, Object body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body)))
                .build());
    }

    JsonNode delete(String path) {
        return send(request(path).DELETE().build());
    }

    /** Encodes one segment of a path or one value of a query. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT);
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private JsonNode send(HttpRequest request) {
        HttpResponse<byte[]> response;
        try {
            response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (SSLException e) {
            throw new UnavailableException(base + " cannot prove who it is; name its certificate with --ca-file");
        } catch (IOException e) {
            throw new UnavailableException(
                    "nothing answers at " + base + "; is weir up or weir alerting running there?");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted while asking " + base);
        }
        JsonNode body;
        try {
            body = Json.MAPPER.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new UnavailableException(base + " is no Weir: it answered " + response.statusCode());
        } catch (IOException e) {
            throw new UnavailableException(base + ": the answer cannot be read");
        }
        if (response.statusCode() / 100 != 2) {
            throw new UnavailableException(body.path("detail").asText("it answered " + response.statusCode()) + " ("
                    + response.statusCode() + ")");
        }
        return body;
    }
}
