package dev.weir.alerting;

import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.notify.NotifierSetup;
import dev.weir.alerting.notify.NotifierType;
import dev.weir.alerting.notify.Notifiers;
import dev.weir.alerting.notify.Receiver;
import dev.weir.alerting.notify.slack.SlackNotifier;
import dev.weir.alerting.notify.webhook.WebhookNotifier;
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
        Builder builder = new Builder(
                config.links(), new HttpPost(clock, config.privateTargets()), kafka, clock, trials("sample", clock));
        Map<String, Receiver> byName = new TreeMap<>();
        add(
                byName,
                SlackNotifier.TYPE.kind(),
                config.slack().minSeverity(),
                builder.notifier("alerting", SlackNotifier.TYPE, config.slack()));
        add(
                byName,
                WebhookNotifier.TYPE.kind(),
                config.webhook().minSeverity(),
                builder.notifier("alerting", WebhookNotifier.TYPE, config.webhook()));
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
        return Notification.builder("sample-" + now, Notification.Kind.TEST)
                .receiver(receiver)
                .groupKey("sample")
                .alerts(List.of(alert("sample", now, null)))
                .atMs(now)
                .build();
    }

    /** The notifications with which templates are tried: the sample, and one with every possible field. */
    private static List<Notification> trials(String receiver, InstantSource clock) {
        Notification sample = sample(receiver, clock);
        long now = sample.atMs();
        PolicyRef rule = new PolicyRef("NetworkPolicy", "shop", "db", "ingress");
        PolicyEvidence policy = new PolicyEvidence(
                Expected.DENY, Verdict.FORWARDED, List.of(rule), "shop/db admits shop/api only.", "# allows it");
        Alert first = alert("first", now, policy);
        Incident incident = Incident.builder("incident")
                .version(2)
                .status(IncidentStatus.ACKNOWLEDGED)
                .severity(first.severity())
                .title(first.title())
                .cluster("cluster")
                .namespace("shop")
                .assignee("ann")
                .snoozedUntilMs(now)
                .alerts(3)
                .firstSeenMs(now)
                .lastSeenMs(now)
                .changedMs(now)
                .build();
        Notification full = sample.toBuilder()
                .kind(Notification.Kind.UPDATED)
                .groupLabels(Map.of("namespace", "shop"))
                .incidents(List.of(incident))
                .alerts(List.of(first, alert("second", now, null)))
                .resolved(List.of(alert("third", now, null)))
                .more(1)
                .build();
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
                Entity.workload("shop", "web", "Deployment"),
                Entity.workload("shop", "db", "StatefulSet"),
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

    /** Builds notifiers; the notifier of a kind is null where its settings are missing. */
    private record Builder(
            Links links, HttpPost http, KafkaConfig kafka, InstantSource clock, List<Notification> trials) {
        Notifier notifier(String where, ReceiverConfig config) {
            List<Notifier> kinds = new ArrayList<>();
            config.settings().forEach((type, settings) -> {
                Notifier notifier = notifier(where, type, settings);
                if (notifier != null) {
                    kinds.add(notifier);
                }
            });
            if (kinds.size() != 1) {
                String known = Notifiers.TYPES.stream().map(NotifierType::kind).collect(Collectors.joining(", "));
                throw new ConfigException(
                        where + ": must say where to, by one of " + known + "; it has " + kinds.size());
            }
            return kinds.get(0);
        }

        @Nullable Notifier notifier(String where, NotifierType<?> type, Record settings) {
            String section = where + "." + type.kind();
            return type.create(new NotifierSetup(section, links, http, kafka, clock, trials), settings);
        }
    }
}
