package dev.weir.alerting;

import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.notify.Receiver;
import dev.weir.alerting.notify.Secret;
import dev.weir.alerting.notify.alertmanager.AlertmanagerConfig;
import dev.weir.alerting.notify.alertmanager.AlertmanagerNotifier;
import dev.weir.alerting.notify.email.EmailConfig;
import dev.weir.alerting.notify.email.EmailNotifier;
import dev.weir.alerting.notify.ocsf.FileLines;
import dev.weir.alerting.notify.ocsf.OcsfConfig;
import dev.weir.alerting.notify.ocsf.OcsfNotifier;
import dev.weir.alerting.notify.ocsf.TopicLines;
import dev.weir.alerting.notify.pagerduty.PagerDutyConfig;
import dev.weir.alerting.notify.pagerduty.PagerDutyNotifier;
import dev.weir.alerting.notify.slack.SlackConfig;
import dev.weir.alerting.notify.slack.SlackNotifier;
import dev.weir.alerting.notify.syslog.SyslogConfig;
import dev.weir.alerting.notify.syslog.SyslogNotifier;
import dev.weir.alerting.notify.teams.TeamsConfig;
import dev.weir.alerting.notify.teams.TeamsNotifier;
import dev.weir.alerting.notify.webhook.WebhookBody;
import dev.weir.alerting.notify.webhook.WebhookConfig;
import dev.weir.alerting.notify.webhook.WebhookNotifier;
import dev.weir.alerting.route.Notification;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.route.RoutesConfig;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.ConfigLoader;
import dev.weir.common.config.KafkaConfig;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.Expected;
import dev.weir.model.PolicyEvidence;
import dev.weir.model.PolicyRef;
import dev.weir.model.Severity;
import dev.weir.model.Verdict;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The receivers and the routes to them.
 *
 * @param all receivers with distinct names
 */
public record Receivers(List<Receiver> all, Routes routes) {

    /**
     * Builds the receivers and routes of a configuration.
     *
     * @throws ConfigException when the configuration cannot be used
     */
    public static Receivers of(AlertingConfig config, KafkaConfig kafka, InstantSource clock) {
        String file = config.routes();
        ReceiverConfig.Document document = file == null
                ? new ReceiverConfig.Document(null, null, null, null)
                : ConfigLoader.document(Path.of(file), ReceiverConfig.Document.class);
        Builder builder = new Builder(publicUrl(config), new HttpPost(clock, config.privateTargets()), kafka, clock);
        Map<String, Receiver> byName = new TreeMap<>();
        add(byName, "slack", config.slack().minSeverity(), builder.slack("alerting.slack", config.slack()));
        add(byName, "webhook", config.webhook().minSeverity(), builder.webhook("alerting.webhook", config.webhook()));
        for (int i = 0; i < document.receivers().size(); i++) {
            ReceiverConfig each = document.receivers().get(i);
            String where = file + ": receivers[" + i + "]";
            String name = each.name();
            if (name == null || !name.matches("[A-Za-z0-9_.-]{1,64}")) {
                throw new ConfigException(where + ".name: must be 1 to 64 letters, digits, _, . or -");
            }
            if (byName.containsKey(name)) {
                throw new ConfigException(where + ".name: there is a receiver '" + name + "' already");
            }
            add(byName, name, Severity.LOW, builder.notifier(where, each));
        }
        Map<String, Severity> least = new TreeMap<>();
        byName.forEach((name, receiver) -> least.put(name, receiver.minSeverity()));
        Routes routes = document.route() == null
                ? Routes.toAll(least)
                : Routes.of(
                        Objects.requireNonNull(file),
                        new RoutesConfig(document.route(), document.timeIntervals(), document.templates()),
                        byName.keySet());
        routes.all().forEach(route -> tryWording(file, route, clock));
        return new Receivers(List.copyOf(byName.values()), routes);
    }

    private static void tryWording(@Nullable String file, Routes.Route route, InstantSource clock) {
        try {
            trials(route.receiver(), clock).forEach(route.wording()::of);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(file + ": " + route.path() + ".template: " + e.getMessage());
        }
    }

    /** A notification that tests a receiver. */
    public static Notification sample(String receiver, InstantSource clock) {
        long now = clock.millis();
        return new Notification(
                "sample-" + now,
                Notification.Kind.TEST,
                receiver,
                "sample",
                Map.of(),
                List.of(),
                List.of(alert("sample", now, null)),
                List.of(),
                0,
                1,
                now);
    }

    /** The notifications with which templates are tried: the sample, and one with every possible field. */
    private static List<Notification> trials(String receiver, InstantSource clock) {
        Notification sample = sample(receiver, clock);
        long now = sample.atMs();
        PolicyRef rule = new PolicyRef("NetworkPolicy", "shop", "db", "ingress");
        PolicyEvidence policy = new PolicyEvidence(
                Expected.DENY, Verdict.FORWARDED, List.of(rule), "shop/db admits shop/api only.", "# allows it");
        Alert first = alert("first", now, policy);
        Incident incident = new Incident(
                "incident",
                2,
                IncidentStatus.ACKNOWLEDGED,
                first.severity(),
                first.title(),
                "cluster",
                "shop",
                "ann",
                now,
                3,
                false,
                now,
                now,
                now);
        Notification full = new Notification(
                sample.id(),
                Notification.Kind.UPDATED,
                receiver,
                sample.groupKey(),
                Map.of("namespace", "shop"),
                List.of(incident),
                List.of(first, alert("second", now, null)),
                List.of(alert("third", now, null)),
                1,
                1,
                now);
        return List.of(sample, full);
    }

    private static Alert alert(String id, long now, @Nullable PolicyEvidence policy) {
        return new Alert(
                id,
                "port-scan",
                1,
                "discovery",
                Severity.LOW,
                1,
                "A sample from Weir: shop/web scans the ports of shop/db",
                "This is a test: no alert is behind it.",
                now,
                now,
                1,
                new Entity("shop", "web", "Deployment", null, null, null, null, null),
                new Entity("shop", "db", "StatefulSet", null, null, null, null, null),
                List.of(22, 80, 443),
                "TCP",
                null,
                List.of("T1046"),
                new Evidence(Map.of("ports", 3.0), Map.of("ports_below", 15.0), List.of(), List.of()),
                policy,
                null,
                null,
                null);
    }

    /** The interval after which a receiver requires its open alerts again, by receiver. */
    Map<String, Duration> resend() {
        Map<String, Duration> resend = new TreeMap<>();
        for (Receiver receiver : all) {
            if (!receiver.notifier().resend().isZero()) {
                resend.put(receiver.name(), receiver.notifier().resend());
            }
        }
        return resend;
    }

    /** The receivers that require every alert. */
    Set<String> complete() {
        return all.stream()
                .filter(receiver -> receiver.notifier().isComplete())
                .map(Receiver::name)
                .collect(Collectors.toSet());
    }

    private static void add(Map<String, Receiver> receivers, String name, Severity least, @Nullable Notifier notifier) {
        if (notifier != null) {
            receivers.put(name, new Receiver(name, least, notifier));
        }
    }

    private static String publicUrl(AlertingConfig config) {
        String url = config.http().publicUrl();
        return url == null
                ? config.http().scheme() + "://" + config.http().host() + ":"
                        + config.http().port()
                : url.replaceFirst("/$", "");
    }

    /** Builds notifiers; the notifier of a kind is null where its settings are missing. */
    private record Builder(String publicUrl, HttpPost http, KafkaConfig kafka, InstantSource clock) {
        Notifier notifier(String where, ReceiverConfig config) {
            List<Notifier> kinds = new ArrayList<>();
            addTo(kinds, config.slack() == null ? null : slack(where + ".slack", config.slack()));
            addTo(kinds, config.webhook() == null ? null : webhook(where + ".webhook", config.webhook()));
            addTo(
                    kinds,
                    config.alertmanager() == null
                            ? null
                            : alertmanager(where + ".alertmanager", config.alertmanager()));
            addTo(kinds, config.pagerduty() == null ? null : pagerduty(where + ".pagerduty", config.pagerduty()));
            addTo(kinds, config.teams() == null ? null : teams(where + ".teams", config.teams()));
            addTo(kinds, config.syslog() == null ? null : syslog(where + ".syslog", config.syslog()));
            addTo(kinds, config.ocsf() == null ? null : ocsf(where + ".ocsf", config.ocsf()));
            addTo(kinds, config.email() == null ? null : email(where + ".email", config.email()));
            if (kinds.size() != 1) {
                throw new ConfigException(
                        where + ": must say where to, by one of slack, webhook, alertmanager, pagerduty,"
                                + " teams, syslog, ocsf, email; it has " + kinds.size());
            }
            return kinds.get(0);
        }

        private static void addTo(List<Notifier> kinds, @Nullable Notifier notifier) {
            if (notifier != null) {
                kinds.add(notifier);
            }
        }

        @Nullable Notifier slack(String where, SlackConfig config) {
            URI url = Secret.url(config.webhookUrl(), config.webhookUrlFile(), where + ".webhook_url");
            return url == null ? null : new SlackNotifier(url, publicUrl, http);
        }

        @Nullable Notifier webhook(String where, WebhookConfig config) {
            URI url = Secret.url(config.url(), config.urlFile(), where + ".url");
            String key = where + ".signing_secret";
            String secret = Secret.text(null, config.signingSecretFile(), key);
            if (url == null) {
                return null;
            }
            WebhookBody body = WebhookBody.of(config, where, trials("sample", clock), publicUrl);
            return new WebhookNotifier(url, body, secret, key + "_file", http, clock);
        }

        private @Nullable Notifier alertmanager(String where, AlertmanagerConfig config) {
            URI url = Secret.url(config.url(), null, where + ".url");
            String token = Secret.token(config.bearerTokenFile(), where + ".bearer_token");
            return url == null ? null : new AlertmanagerNotifier(url, token, publicUrl, http);
        }

        private @Nullable Notifier pagerduty(String where, PagerDutyConfig config) {
            String key = Secret.text(config.routingKey(), config.routingKeyFile(), where + ".routing_key");
            URI url = Secret.url(config.url(), null, where + ".url");
            return key == null || url == null ? null : new PagerDutyNotifier(url, key, publicUrl, http);
        }

        private @Nullable Notifier teams(String where, TeamsConfig config) {
            URI url = Secret.url(config.webhookUrl(), config.webhookUrlFile(), where + ".webhook_url");
            return url == null ? null : new TeamsNotifier(url, publicUrl, http);
        }

        private @Nullable Notifier syslog(String where, SyslogConfig config) {
            String host = config.host();
            if (config.port() < 1 || config.port() > 65535) {
                throw new ConfigException(where + ".port: " + config.port() + " is outside 1..65535");
            }
            return host == null ? null : new SyslogNotifier(host, config.port(), config.transport(), publicUrl);
        }

        private @Nullable Notifier ocsf(String where, OcsfConfig config) {
            String file = config.file();
            String topic = config.topic();
            if (file != null && topic != null) {
                throw new ConfigException(where + ": must have either a file or a topic; use two receivers for both");
            }
            if (topic != null) {
                return new OcsfNotifier(new TopicLines(kafka, topic), publicUrl);
            }
            if (file == null) {
                return null;
            }
            Path folder = Path.of(file).toAbsolutePath().getParent();
            if (folder == null || !folder.toFile().isDirectory()) {
                throw new ConfigException(where + ".file: there is no folder " + folder);
            }
            return new OcsfNotifier(new FileLines(Path.of(file)), publicUrl);
        }

        private @Nullable Notifier email(String where, EmailConfig config) {
            if (config.host() == null) {
                return null;
            }
            String password = Secret.text(null, config.passwordFile(), where + ".password");
            return new EmailNotifier(config.checked(where), password, publicUrl);
        }
    }
}
