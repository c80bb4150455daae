package dev.weir.alerting;

import dev.weir.alerting.notify.slack.SlackConfig;
import dev.weir.alerting.notify.webhook.WebhookConfig;
import dev.weir.model.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Settings of alerting.
 *
 * @param database JDBC URL; in {@code weir up} a file in the data folder by default
 * @param group Kafka consumer group
 */
public record AlertingConfig(
        HttpConfig http, @Nullable String database, String group, SlackConfig slack, WebhookConfig webhook) {
    public AlertingConfig(
            @Nullable HttpConfig http,
            @Nullable String database,
            @Nullable String group,
            @Nullable SlackConfig slack,
            @Nullable WebhookConfig webhook) {
        this.http = http == null ? new HttpConfig(null, null, null) : http;
        this.database = database;
        this.group = group == null ? "weir-alerting" : group;
        this.slack = slack == null ? new SlackConfig(null, null, null) : slack;
        this.webhook = webhook == null ? new WebhookConfig(null, null, null) : webhook;
    }

    /**
     * Where the API listens.
     *
     * @param host address to listen on
     * @param port TCP port; 0 for any free one
     * @param publicUrl how people reach it, for links; by default host and port
     */
    public record HttpConfig(
            String host, Integer port, @Nullable String publicUrl) {
        private static final int DEFAULT_PORT = 8080;

        public HttpConfig(@Nullable String host, @Nullable Integer port, @Nullable String publicUrl) {
            this.host = host == null ? "127.0.0.1" : host;
            this.port = port == null ? DEFAULT_PORT : port;
            this.publicUrl = publicUrl;
            if (this.port < 0 || this.port > 65535) {
                throw new ConfigException("port " + this.port + " is outside 0..65535");
            }
        }
    }
}
