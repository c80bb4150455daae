package dev.weir.alerting;

import dev.weir.alerting.notify.slack.SlackConfig;
import dev.weir.alerting.notify.webhook.WebhookConfig;
import dev.weir.common.config.Bounds;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of alerting.
 *
 * @param database JDBC URL; in {@code weir up} a file in the data folder by default
 * @param group Kafka consumer group
 * @param routes file that says who is told of what; everybody of everything where there is none
 * @param privateTargets whether notifications may be posted to addresses that only this network has
 * @param retention for so long after it is over an incident is kept, with its alerts and timeline
 * @param mostAlerts that the database keeps; beyond them incidents that are over are forgotten before their time, or others resolved
 * @param edges bounds of what is kept of who speaks to whom
 * @param resolveAfter incidents of which nothing was heard for so long are resolved
 */
public record AlertingConfig(
        HttpConfig http,
        @Nullable String database,
        String group,
        @Nullable String routes,
        Duration resolveAfter,
        Duration retention,
        Integer mostAlerts,
        Boolean privateTargets,
        SlackConfig slack,
        WebhookConfig webhook,
        EdgesConfig edges) {
    public AlertingConfig(
            @Nullable HttpConfig http,
            @Nullable String database,
            @Nullable String group,
            @Nullable String routes,
            @Nullable Duration resolveAfter,
            @Nullable Duration retention,
            @Nullable Integer mostAlerts,
            @Nullable Boolean privateTargets,
            @Nullable SlackConfig slack,
            @Nullable WebhookConfig webhook,
            @Nullable EdgesConfig edges) {
        this.http = http == null ? HttpConfig.at(null, null) : http;
        this.database = database;
        this.group = group == null ? "weir-alerting" : group;
        this.routes = routes;
        this.resolveAfter = resolveAfter == null ? Duration.ofHours(24) : resolveAfter;
        this.retention = retention == null ? Duration.ofDays(90) : retention;
        this.mostAlerts = mostAlerts == null ? 50_000 : mostAlerts;
        Bounds.requireOne("most_alerts", this.mostAlerts);
        this.privateTargets = privateTargets == null || privateTargets;
        this.slack = slack == null ? new SlackConfig(null, null, null) : slack;
        this.webhook = webhook == null ? WebhookConfig.none() : webhook;
        this.edges = edges == null ? EdgesConfig.defaults() : edges;
    }

    public static AlertingConfig defaults() {
        return new AlertingConfig(null, null, null, null, null, null, null, null, null, null, null);
    }

    /** The same at another address, with another Slack. */
    public AlertingConfig with(HttpConfig otherHttp, SlackConfig otherSlack) {
        return new AlertingConfig(
                otherHttp,
                database,
                group,
                routes,
                resolveAfter,
                retention,
                mostAlerts,
                privateTargets,
                otherSlack,
                webhook,
                edges);
    }

    /** The same with another database. */
    public AlertingConfig withDatabase(String url) {
        return new AlertingConfig(
                http, url, group, routes, resolveAfter, retention, mostAlerts, privateTargets, slack, webhook, edges);
    }

    /**
     * Where the API listens.
     *
     * @param host address to listen on
     * @param port TCP port; 0 for any free one
     * @param publicUrl how people reach it, for links; by default host and port
     * @param tokens file of those who have a token; absent for none
     * @param tokenFile file that holds the one token that may do everything; absent for none
     * @param oidc file that says which tokens of an OpenID provider are taken; absent for none
     * @param keystore PKCS #12 or JKS file with the certificate of https; absent for http
     * @param keystorePasswordFile file that holds its password
     * @param requestsPerSecond how many requests of one address are answered
     * @param connectionsPerAddress that are kept open at once
     * @param openMetrics where people have to say who they are, whether {@code /metrics}, which tells of all namespaces, is shown
     *     to whoever asks all the same
     */
    public record HttpConfig(
            String host,
            Integer port,
            @Nullable String publicUrl,
            @Nullable String tokens,
            @Nullable String tokenFile,
            @Nullable String oidc,
            @Nullable String keystore,
            @Nullable String keystorePasswordFile,
            Integer requestsPerSecond,
            Integer connectionsPerAddress,
            Boolean openMetrics) {
        private static final int DEFAULT_PORT = 8080;

        public HttpConfig(
                @Nullable String host,
                @Nullable Integer port,
                @Nullable String publicUrl,
                @Nullable String tokens,
                @Nullable String tokenFile,
                @Nullable String oidc,
                @Nullable String keystore,
                @Nullable String keystorePasswordFile,
                @Nullable Integer requestsPerSecond,
                @Nullable Integer connectionsPerAddress,
                @Nullable Boolean openMetrics) {
            this.host = host == null ? "127.0.0.1" : host;
            this.port = port == null ? DEFAULT_PORT : port;
            this.publicUrl = publicUrl;
            this.tokens = tokens;
            this.tokenFile = tokenFile;
            this.oidc = oidc;
            this.keystore = keystore;
            this.keystorePasswordFile = keystorePasswordFile;
            this.requestsPerSecond = requestsPerSecond == null ? 100 : requestsPerSecond;
            this.connectionsPerAddress = connectionsPerAddress == null ? 200 : connectionsPerAddress;
            this.openMetrics = openMetrics != null && openMetrics;
            Bounds.requirePort("port", this.port);
            Bounds.requireOne("requests_per_second", this.requestsPerSecond);
            Bounds.requireOne("connections_per_address", this.connectionsPerAddress);
        }

        /** {@code http} or {@code https}. */
        public String scheme() {
            return keystore == null ? "http" : "https";
        }

        /** At an address, and as usual otherwise. */
        public static HttpConfig at(@Nullable String host, @Nullable Integer port) {
            return new HttpConfig(host, port, null, null, null, null, null, null, null, null, null);
        }
    }
}
