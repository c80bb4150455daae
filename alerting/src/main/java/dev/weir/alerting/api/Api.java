package dev.weir.alerting.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.alerting.AlertingConfig.HttpConfig;
import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.auth.Caller;
import dev.weir.alerting.auth.Guard;
import dev.weir.alerting.auth.Role;
import dev.weir.alerting.cluster.ClusterView;
import dev.weir.alerting.incident.ConflictException;
import dev.weir.alerting.incident.ImpossibleChangeException;
import dev.weir.alerting.incident.OutOfScopeException;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.service.IncidentService;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.BaselineStore;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.DecisionStore;
import dev.weir.alerting.store.EdgeStore;
import dev.weir.alerting.store.IncidentStore;
import dev.weir.alerting.store.StatisticsStore;
import dev.weir.common.config.UnavailableException;
import dev.weir.common.http.HttpLimits;
import dev.weir.common.http.MetricsText;
import dev.weir.model.codec.Json;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP server: the REST API, metrics for Prometheus and health checks. */
public final class Api implements AutoCloseable {
    static final String BASE = "/api/v1";

    private static final Logger LOG = LoggerFactory.getLogger(Api.class);
    private static final Logger AUDIT = LoggerFactory.getLogger("weir.audit");
    private static final String VERSION = "1";
    private static final int LARGEST_BODY = 64 * 1024;
    private static final String ROUTE = "weir-route";
    private static final String CALLER = "weir-caller";
    private static final String JSON = "application/json";
    static final String PROBLEM = "application/problem+json";
    /** Headers of every response. */
    static final Map<String, String> HEADERS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "Referrer-Policy", "no-referrer",
            "Cache-Control", "no-cache");

    private final HttpConfig config;
    private final CollectorRegistry registry;
    private final BooleanSupplier ready;
    private final AlertingMetrics metrics;
    private final Guard guard;
    private final List<Operation> operations = new ArrayList<>();
    private final EventStream live;
    private final ObjectNode document;
    private final Javalin server;

    /**
     * Collects the operations and configures the server; {@link #start} opens the port.
     *
     * @param ready true once everything that an alert passes on its way here is running
     */
    public Api(
            HttpConfig config,
            Guard guard,
            Database database,
            IncidentService incidents,
            ClusterView cluster,
            Links links,
            InstantSource clock,
            CollectorRegistry registry,
            BooleanSupplier ready,
            AlertingMetrics metrics) {
        this.config = config;
        this.guard = guard;
        this.registry = registry;
        this.ready = ready;
        this.metrics = metrics;
        operations.addAll(new AlertOperations(new AlertStore(database), incidents.decisions(), links).operations());
        operations.addAll(new IncidentOperations(new IncidentStore(database), incidents.changes()).operations());
        operations.addAll(
                new DecisionOperations(new DecisionStore(database), incidents.decisions(), clock).operations());
        operations.addAll(
                new InsightOperations(new BaselineStore(database), new StatisticsStore(database)).operations());
        operations.addAll(new EdgeOperations(new EdgeStore(database), clock).operations());
        operations.addAll(new ClusterOperations(cluster).operations());
        this.live = new EventStream(new IncidentStore(database), clock, metrics);
        operations.add(live.operation());
        this.document = OpenApi.document(BASE, VERSION, operations);
        this.server = Javalin.create(this::configure);
    }

    /**
     * Opens the port.
     *
     * @throws UnavailableException if the port is taken
     */
    public void start() {
        try {
            if (config.keystore() == null) {
                server.start(config.host(), config.port());
            } else {
                server.start();
            }
        } catch (JavalinBindException e) {
            throw new UnavailableException("HTTP cannot listen on " + config.host() + ":" + config.port() + ": "
                    + e.getMessage() + "; choose another with alerting.http.port");
        }
    }

    /** The URL of the server, with the port that it listens on. */
    public String url() {
        return config.scheme() + "://" + config.host() + ":" + server.port();
    }

    @Override
    public void close() {
        live.close();
        server.stop();
    }

    private void configure(JavalinConfig javalin) {
        javalin.startup.showJavalinBanner = false;
        javalin.http.maxRequestSize = LARGEST_BODY;
        javalin.http.generateEtags = true;
        javalin.http.prefer405over404 = true;
        String keystore = config.keystore();
        if (keystore != null) {
            Encryption encryption = Encryption.of(keystore, config.keystorePasswordFile());
            javalin.jetty.addConnector(
                    (server, http) -> encryption.connector(server, http, config.host(), config.port()));
        }
        javalin.jetty.modifyServer(server -> {
            server.setErrorHandler(new ProblemErrorHandler(metrics));
            HttpLimits.bound(server, config.connectionsPerAddress(), reason -> metrics.connectionsClosed
                    .labels(reason)
                    .inc());
        });
        javalin.routes.before(context -> {
            HEADERS.forEach(context::header);
            if (keystore != null) {
                context.header("Strict-Transport-Security", "max-age=31536000");
            }
        });
        for (Operation operation : operations) {
            Handler handler = named(BASE + operation.path(), context -> answer(operation, context));
            String path = BASE + operation.path();
            switch (operation.method()) {
                case GET -> get(javalin, path, operation.streams() ? Api::onlyGet : handler, handler);
                case POST -> javalin.routes.post(path, handler);
                case DELETE -> javalin.routes.delete(path, handler);
            }
        }
        get(javalin, BASE + "/openapi.json", named(BASE + "/openapi.json", context -> context.contentType(JSON)
                .result(Json.write(document))));
        get(javalin, "/metrics", named("/metrics", this::metrics));
        get(javalin, "/-/healthy", named("/-/healthy", context -> context.result("healthy\n")));
        get(javalin, "/-/ready", named("/-/ready", this::ready));
        failures(javalin);
        javalin.routes.after(context -> {
            String route = context.attribute(ROUTE);
            metrics.requests
                    .labels(route == null ? "other" : route, Integer.toString(context.statusCode()))
                    .inc();
        });
    }

    private static void get(JavalinConfig javalin, String path, Handler handler) {
        get(javalin, path, handler, handler);
    }

    /**
     * Registers GET and HEAD. Without a handler of its own Javalin answers each HEAD with 200, regardless of token and
     * path.
     */
    private static void get(JavalinConfig javalin, String path, Handler head, Handler handler) {
        javalin.routes.get(path, handler);
        javalin.routes.head(path, head);
    }

    private static void onlyGet(Context context) {
        throw new HttpResponseException(405, "the event stream is read with GET");
    }

    private void failures(JavalinConfig javalin) {
        javalin.routes.exception(
                HttpResponseException.class, (e, context) -> problem(context, e.getStatus(), e.getMessage()));
        javalin.routes.exception(ConflictException.class, (e, context) -> {
            context.header("ETag", "\"" + e.version() + "\"");
            problem(context, 412, e.getMessage());
        });
        javalin.routes.exception(
                ImpossibleChangeException.class, (e, context) -> problem(context, 409, e.getMessage()));
        javalin.routes.exception(OutOfScopeException.class, (e, context) -> {
            refused(context, "scope", e);
            problem(context, 403, e.getMessage());
        });
        javalin.routes.exception(SQLException.class, (e, context) -> {
            if (!Database.isUnfit(e)) {
                failed(context, e);
                return;
            }
            LOG.debug("{} {}", context.method(), context.path(), e);
            problem(
                    context,
                    400,
                    "a value in the request is too long for the database, or holds characters that it cannot store");
        });
        javalin.routes.exception(Guard.RefusedException.class, (e, context) -> {
            refused(context, e.reason(), e);
            if (e.status() == 401) {
                context.header("WWW-Authenticate", "Bearer realm=\"weir\"");
            }
            if (e.status() == 429) {
                context.header("Retry-After", "1");
            }
            problem(context, e.status(), e.getMessage());
        });
        javalin.routes.exception(Exception.class, (e, context) -> failed(context, e));
    }

    private void refused(Context context, String reason, Exception e) {
        metrics.refused.labels(reason).inc();
        Caller caller = context.attribute(CALLER);
        String who = (caller == null ? "" : " by " + caller.name()) + " from " + context.ip();
        AUDIT.warn("refused: {}", inLine(context.method() + " " + context.path() + who + ": " + e.getMessage()));
    }

    private static void failed(Context context, Exception e) {
        LOG.error("{} {} could not be answered; this is a defect of Weir", context.method(), context.path(), e);
        problem(context, 500, "the request could not be answered; the log says why");
    }

    /**
     * Marks a request with its route for metrics. Labels carry the route, since the path would be a series for each id.
     */
    private static Handler named(String route, Handler handler) {
        return context -> {
            context.attribute(ROUTE, route);
            handler.handle(context);
        };
    }

    private void answer(Operation operation, Context context) throws Exception {
        Caller caller = admitted(context, operation.role());
        Operation.Answer answer = operation.method() == Operation.Method.GET
                ? operation.handler().handle(new Call(operation, context, caller))
                : changed(operation, context, caller);
        Object body = answer.body();
        if (body != null) {
            byte[] text = Json.write(body);
            if (answer.version() != null) {
                context.header("ETag", etag(answer.version(), text));
            }
            context.status(answer.status()).contentType(JSON).result(text);
        }
    }

    /** Handles a change and writes one line to the audit log, whether it succeeds or not. */
    private Operation.Answer changed(Operation operation, Context context, Caller caller) throws Exception {
        guard.requireSameSite(context.header("Sec-Fetch-Site"), context.header("Origin"), context.header("Host"));
        String what = context.method() + " " + context.path() + " by " + caller.name();
        try {
            Operation.Answer answer = operation.handler().handle(new Call(operation, context, caller));
            AUDIT.info("{}", inLine(what));
            return answer;
        } catch (OutOfScopeException | Guard.RefusedException e) {
            // The exception handler writes the audit line of each refused request.
            throw e;
        } catch (Exception e) {
            AUDIT.warn("rejected: {}", inLine(what + ": " + e.getMessage()));
            throw e;
        }
    }

    /** Replaces control characters in text of a client, so that it stays within one line of the log. */
    private static String inLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }

    private Caller admitted(Context context, Role role) {
        guard.requireRate(context.ip());
        Caller caller = guard.caller(context.header("Authorization"), context.header("Host"));
        context.attribute(CALLER, caller);
        guard.require(caller, role);
        return caller;
    }

    private void metrics(Context context) throws IOException {
        // Without authentication the host check of the guard still applies: it keeps pages of other sites from reading
        // metrics.
        if (guard.isOpen() || !config.openMetrics()) {
            guard.requireAll(admitted(context, Role.VIEWER));
        }
        MetricsText text = MetricsText.of(registry, context.header("Accept"));
        context.contentType(text.type()).result(text.text());
    }

    private void ready(Context context) {
        boolean isReady = ready.getAsBoolean();
        context.status(isReady ? 200 : 503).result(isReady ? "ready\n" : "not ready\n");
    }

    /** The ETag: the version, and a checksum of the body, which differs by scope and may change within a version. */
    private static String etag(long version, byte[] text) {
        CRC32C sum = new CRC32C();
        sum.update(text);
        return "\"" + version + "-" + Long.toHexString(sum.getValue()) + "\"";
    }

    private static void problem(Context context, int status, @Nullable String detail) {
        context.status(status).contentType(PROBLEM).result(problem(status, String.valueOf(detail)));
    }

    /** A problem document, RFC 9457. */
    static byte[] problem(int status, String detail) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("title", title(status));
        body.put("status", status);
        body.put("detail", detail);
        return Json.write(body);
    }

    private static String title(int status) {
        return switch (status) {
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not found";
            case 405 -> "Method not allowed";
            case 409 -> "Conflict";
            case 412 -> "Precondition failed";
            case 413 -> "Content too large";
            case 415 -> "Unsupported media type";
            case 429 -> "Too many requests";
            default -> status >= 500 ? "Server error" : "Bad request";
        };
    }
}
