package dev.weir.alerting.api;

import dev.weir.alerting.AlertingConfig.HttpConfig;
import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.AlertStore;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import dev.weir.model.codec.Json;
import dev.weir.model.config.UnavailableException;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP: alerts for people and programs, metrics for Prometheus, health for whoever runs it. */
public final class Api implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Api.class);
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;

    private final HttpConfig config;
    private final AlertStore store;
    private final CollectorRegistry registry;
    private final BooleanSupplier ready;
    private final AlertingMetrics metrics;
    private final Javalin server;

    /**
     * @param ready whether everything that an alert needs on its way here is running
     */
    public Api(
            HttpConfig config,
            AlertStore store,
            CollectorRegistry registry,
            BooleanSupplier ready,
            AlertingMetrics metrics) {
        this.config = config;
        this.store = store;
        this.registry = registry;
        this.ready = ready;
        this.metrics = metrics;
        this.server = Javalin.create(this::configure);
    }

    /**
     * @throws UnavailableException when the port is taken
     */
    public void start() {
        try {
            server.start(config.host(), config.port());
        } catch (JavalinBindException e) {
            throw new UnavailableException("HTTP cannot listen on " + config.host() + ":" + config.port() + ": "
                    + e.getMessage() + "; choose another with alerting.http.port");
        }
    }

    /** How people reach it. */
    public String url() {
        return "http://" + config.host() + ":" + server.port();
    }

    @Override
    public void close() {
        server.stop();
    }

    private void configure(JavalinConfig javalin) {
        javalin.startup.showJavalinBanner = false;
        javalin.routes.get("/api/v1/alerts", this::alerts);
        javalin.routes.get("/api/v1/alerts/{id}", this::alert);
        javalin.routes.get("/metrics", this::metrics);
        javalin.routes.get("/-/healthy", context -> context.result("healthy\n"));
        javalin.routes.get("/-/ready", this::ready);
        javalin.routes.exception(
                HttpResponseException.class, (e, context) -> problem(context, e.getStatus(), e.getMessage()));
        javalin.routes.exception(Exception.class, (e, context) -> {
            LOG.error("{} {}", context.method(), context.path(), e);
            problem(context, 500, "the request could not be answered; the log says why");
        });
        javalin.routes.after(context -> metrics.requests
                .labels(route(context.path()), Integer.toString(context.statusCode()))
                .inc());
    }

    private void alerts(Context context) throws SQLException {
        int limit = limit(context.queryParam("limit"));
        AlertStore.Query query = new AlertStore.Query(
                severity(context.queryParam("severity")),
                context.queryParam("detector"),
                context.queryParam("namespace"),
                cursor(context.queryParam("cursor")),
                limit + 1);
        List<Alert> found = store.list(query);
        List<Alert> page = found.subList(0, Math.min(limit, found.size()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("alerts", page);
        if (found.size() > limit) {
            body.put("next_cursor", cursor(page.get(limit - 1)));
        }
        json(context, body);
    }

    private void alert(Context context) throws SQLException {
        String id = context.pathParam("id");
        Alert alert = store.find(id).orElseThrow(() -> new HttpResponseException(404, "there is no alert " + id));
        json(context, alert);
    }

    private void metrics(Context context) throws IOException {
        StringWriter text = new StringWriter();
        String type = TextFormat.chooseContentType(context.header("Accept"));
        TextFormat.writeFormat(type, text, registry.metricFamilySamples());
        context.contentType(type).result(text.toString());
    }

    private void ready(Context context) {
        boolean isReady = ready.getAsBoolean();
        context.status(isReady ? 200 : 503).result(isReady ? "ready\n" : "not ready\n");
    }

    private static void json(Context context, Object body) {
        context.contentType("application/json").result(Json.write(body));
    }

    /** RFC 9457. */
    private static void problem(Context context, int status, @Nullable String detail) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("title", status == 404 ? "Not found" : status >= 500 ? "Server error" : "Bad request");
        body.put("status", status);
        body.put("detail", String.valueOf(detail));
        context.status(status).contentType("application/problem+json").result(Json.write(body));
    }

    /** The route and not the path, which would make a metric series of every alert. */
    private static String route(String path) {
        return path.startsWith("/api/v1/alerts/") ? "/api/v1/alerts/{id}" : ROUTES.contains(path) ? path : "other";
    }

    private static final List<String> ROUTES = List.of("/api/v1/alerts", "/metrics", "/-/healthy", "/-/ready");

    private static int limit(@Nullable String text) {
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return limit;
            }
        } catch (NumberFormatException notANumber) {
            LOG.debug("limit {}", text);
        }
        throw new HttpResponseException(400, "limit must be a number of 1.." + MAX_LIMIT + ", not '" + text + "'");
    }

    private static @Nullable Severity severity(@Nullable String word) {
        if (word == null) {
            return null;
        }
        return Arrays.stream(Severity.values())
                .filter(severity -> severity.word().equals(word.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new HttpResponseException(
                        400,
                        "severity must be one of "
                                + Arrays.stream(Severity.values())
                                        .map(Severity::word)
                                        .collect(Collectors.joining(", "))
                                + ", not '" + word + "'"));
    }

    private static String cursor(Alert last) {
        String text = last.lastSeenMs() + " " + last.id();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static AlertStore.@Nullable Cursor cursor(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            String decoded = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            int space = decoded.indexOf(' ');
            return new AlertStore.Cursor(Long.parseLong(decoded.substring(0, space)), decoded.substring(space + 1));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new HttpResponseException(
                    400, "cursor must be a next_cursor of an earlier answer, not '" + text + "'");
        }
    }
}
