package dev.weir.alerting;

import dev.weir.alerting.message.Links;
import dev.weir.alerting.notify.Secret;
import dev.weir.alerting.notify.slack.SlackConfig;
import dev.weir.alerting.notify.webhook.WebhookConfig;
import dev.weir.alerting.store.EdgesConfig;
import dev.weir.common.config.Bounds;
import dev.weir.common.config.ConfigException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of alerting.
 *
 * @param database JDBC URL; in {@code weir up} a file in the data folder by default
 * @param group Kafka consumer group; readers of other topics append a suffix
 * @param routes file with the receivers and routes; without it every receiver gets every alert
 * @param runbooksUrl URL of the folder of runbooks that alerts link to; absent for no links
 * @param resolveAfter an incident without a new revision of its alerts for this long is resolved
 * @param retention an incident is deleted this long after it ended, with its alerts and timeline
 * @param mostAlerts maximum of alerts in the database; beyond it incidents that are over are deleted early, and open
 *     ones are resolved if those are not enough
 * @param privateTargets true if notifications may be posted to private addresses
 * @param edges bounds of the edges that are stored and exported
 */
public record AlertingConfig(
        HttpConfig http,
        @Nullable String database,
        String group,
        @Nullable String routes,
        @Nullable String runbooksUrl,
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
            @Nullable String runbooksUrl,
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
        this.runbooksUrl = runbooksUrl;
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
        return new AlertingConfig(null, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** A copy with another HTTP address and another Slack receiver. */
    public AlertingConfig with(HttpConfig otherHttp, SlackConfig otherSlack) {
        return copy(otherHttp, database, otherSlack);
    }

    /** A copy with another database. */
    public AlertingConfig withDatabase(String url) {
        return copy(http, url, slack);
    }

    private AlertingConfig copy(HttpConfig otherHttp, @Nullable String otherDatabase, SlackConfig otherSlack) {
        return new AlertingConfig(
                otherHttp,
                otherDatabase,
                group,
                routes,
                runbooksUrl,
                resolveAfter,
                retention,
                mostAlerts,
                privateTargets,
                otherSlack,
                webhook,
                edges);
    }

    /**
     * The addresses that messages and the API link to.
     *
     * @throws ConfigException if {@code http.public_url} or {@code runbooks_url} is no http or https URL
     */
    public Links links() {
        URI publicUrl = Secret.url(http.publicUrl(), null, "alerting.http.public_url");
        URI runbooks = Secret.url(runbooksUrl, null, "alerting.runbooks_url");
        return new Links(
                publicUrl == null ? http.scheme() + "://" + http.host() + ":" + http.port() : publicUrl.toString(),
                runbooks == null ? null : runbooks.toString());
    }

    /**
     * Settings of the HTTP API.
     *
     * @param host address to listen on
     * @param port TCP port; 0 for any free one
     * @param publicUrl base URL of links in notifications; by default made of host and port
     * @param tokens file of named tokens with their roles; absent for none
     * @param tokenFile file with one token of the role admin; absent for none
     * @param oidc file that says which tokens of an OpenID provider are accepted; absent for none
     * @param keystore PKCS #12 or JKS file with the certificate of https; absent for http
     * @param keystorePasswordFile file with the password of the keystore
     * @param requestsPerSecond limit of one client address; further requests are answered with 429
     * @param connectionsPerAddress limit of open connections of one client address
     * @param openMetrics true to serve {@code /metrics}, which covers all namespaces, without a token
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

        /** Settings with this address and defaults otherwise. */
        public static HttpConfig at(@Nullable String host, @Nullable Integer port) {
            return new HttpConfig(host, port, null, null, null, null, null, null, null, null, null);
        }
    }
}
