package dev.weir.alerting;

import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.notify.Receiver;
import dev.weir.alerting.notify.Secret;
import dev.weir.alerting.notify.slack.SlackNotifier;
import dev.weir.alerting.notify.webhook.WebhookNotifier;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.route.RoutesConfig;
import dev.weir.model.Severity;
import dev.weir.model.config.ConfigException;
import dev.weir.model.config.ConfigLoader;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who is told, and by which routes.
 *
 * @param all each with a name of its own
 */
public record Receivers(List<Receiver> all, Routes routes) {

    /**
     * @throws ConfigException when the configuration cannot be used
     */
    public static Receivers of(AlertingConfig config, InstantSource clock) {
        List<Receiver> receivers = receivers(config, new HttpPost(clock));
        Map<String, Severity> byName = new TreeMap<>();
        receivers.forEach(receiver -> byName.put(receiver.name(), receiver.minSeverity()));
        String file = config.routes();
        Routes routes = file == null
                ? Routes.toAll(byName)
                : Routes.of(file, ConfigLoader.document(Path.of(file), RoutesConfig.class), byName.keySet());
        return new Receivers(receivers, routes);
    }

    /** By receiver, how often it wants to be told again. */
    Map<String, Duration> resend() {
        Map<String, Duration> resend = new TreeMap<>();
        for (Receiver receiver : all) {
            if (!receiver.notifier().resend().isZero()) {
                resend.put(receiver.name(), receiver.notifier().resend());
            }
        }
        return resend;
    }

    /** The registry of notifiers: one line for each kind. */
    private static List<Receiver> receivers(AlertingConfig config, HttpPost http) {
        List<Receiver> receivers = new ArrayList<>();
        URI slack =
                Secret.url(config.slack().webhookUrl(), config.slack().webhookUrlFile(), "alerting.slack.webhook_url");
        if (slack != null) {
            add(receivers, config.slack().minSeverity(), new SlackNotifier(slack, publicUrl(config), http));
        }
        URI webhook = Secret.url(config.webhook().url(), config.webhook().urlFile(), "alerting.webhook.url");
        if (webhook != null) {
            add(receivers, config.webhook().minSeverity(), new WebhookNotifier(webhook, http));
        }
        return receivers;
    }

    private static void add(List<Receiver> receivers, Severity least, Notifier notifier) {
        receivers.add(new Receiver(notifier.kind(), least, notifier));
    }

    private static String publicUrl(AlertingConfig config) {
        String url = config.http().publicUrl();
        return url == null
                ? "http://" + config.http().host() + ":" + config.http().port()
                : url;
    }
}
