package dev.weir.alerting;

import dev.weir.alerting.api.Api;
import dev.weir.alerting.intake.AlertIntake;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.notify.Outbox;
import dev.weir.alerting.notify.slack.SlackNotifier;
import dev.weir.alerting.notify.webhook.WebhookNotifier;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.OutboxStore;
import dev.weir.model.Alert;
import dev.weir.model.config.ConfigException;
import dev.weir.model.config.KafkaConfig;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The alerting process: store, notifiers, intake and API. */
public final class Alerting implements AutoCloseable {
    private final Database database;
    private final Outbox outbox;
    private final AlertIntake intake;
    private final Api api;

    /**
     * @param listener told of every alert after it is kept
     * @param upstream whether the rest of what runs in this process is ready
     * @throws ConfigException when the configuration cannot be used
     */
    public Alerting(
            AlertingConfig config,
            KafkaConfig kafka,
            InstantSource clock,
            CollectorRegistry registry,
            BiConsumer<Alert, AlertStore.Applied> listener,
            BooleanSupplier upstream) {
        String url = config.database();
        if (url == null) {
            throw new ConfigException("alerting.database is missing; give a JDBC URL such as jdbc:h2:file:./data/weir");
        }
        AlertingMetrics metrics = new AlertingMetrics(registry);
        this.database = new Database(url);
        List<AlertStore.Target> targets = new ArrayList<>();
        List<Notifier> notifiers = new ArrayList<>();
        notifiers(config, new HttpPost(clock), targets, notifiers);
        AlertStore store = new AlertStore(database, targets);
        this.outbox = new Outbox(new OutboxStore(database), notifiers, clock, metrics);
        this.intake = new AlertIntake(kafka, config.group(), store, listener, clock, metrics);
        this.api = new Api(config.http(), store, registry, () -> intake.ready() && upstream.getAsBoolean(), metrics);
    }

    public void start() {
        api.start();
        outbox.start();
        intake.start();
    }

    /** Where the API answers. */
    public String url() {
        return api.url();
    }

    /** Whether the intake has its part of the topic. */
    public boolean ready() {
        return intake.ready();
    }

    @Override
    public void close() {
        intake.close();
        outbox.close();
        api.close();
        database.close();
    }

    /** The registry of notifiers: one line for each kind. */
    private static void notifiers(
            AlertingConfig config, HttpPost http, List<AlertStore.Target> targets, List<Notifier> notifiers) {
        URI slack = secret(config.slack().webhookUrl(), config.slack().webhookUrlFile(), "alerting.slack.webhook_url");
        if (slack != null) {
            targets.add(new AlertStore.Target(SlackNotifier.KIND, config.slack().minSeverity()));
            notifiers.add(new SlackNotifier(slack, publicUrl(config), http));
        }
        URI webhook = secret(config.webhook().url(), config.webhook().urlFile(), "alerting.webhook.url");
        if (webhook != null) {
            targets.add(
                    new AlertStore.Target(WebhookNotifier.KIND, config.webhook().minSeverity()));
            notifiers.add(new WebhookNotifier(webhook, http));
        }
    }

    private static String publicUrl(AlertingConfig config) {
        String url = config.http().publicUrl();
        return url == null
                ? "http://" + config.http().host() + ":" + config.http().port()
                : url;
    }

    /** A URL given in the configuration or in a file; the message of a failure does not show it. */
    private static @Nullable URI secret(@Nullable String value, @Nullable String file, String key) {
        String text = value;
        if (text == null && file != null) {
            try {
                text = Files.readString(Path.of(file)).trim();
            } catch (IOException e) {
                throw new ConfigException(key + "_file: " + file + " cannot be read");
            }
        }
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            URI url = URI.create(text);
            if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return url;
            }
        } catch (IllegalArgumentException notAUrl) {
            throw new ConfigException(key + ": is not a URL");
        }
        throw new ConfigException(key + ": must be an http or https URL");
    }
}
