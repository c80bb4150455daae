package dev.weir.alerting.notify;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.notify.ErraticSlack.Answer;
import dev.weir.alerting.notify.slack.SlackNotifier;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.service.IncidentService;
import dev.weir.alerting.service.NotificationGroups;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.Databases;
import dev.weir.alerting.store.OutboxStore;
import dev.weir.model.Severity;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErraticSlackTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int INCIDENTS = 3;

    private volatile long now = 1_000_000;
    private final InstantSource clock = () -> Instant.ofEpochMilli(now);
    private final AlertingMetrics metrics = new AlertingMetrics(new CollectorRegistry());

    /** The order of the answers differs with the seed. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyNotificationArrivesOnceAndInOrder(long seed) throws Exception {
        List<Answer> answers = new ArrayList<>(List.of(Answer.values()));
        Collections.shuffle(answers, new Random(seed));
        try (ErraticSlack slack = new ErraticSlack(answers);
                Database database = Databases.H2.open()) {
            OutboxStore store = new OutboxStore(database);
            NotificationGroups groups =
                    new NotificationGroups(database, Routes.toAll(Map.of("slack", Severity.LOW)), Map.of());
            IncidentService incidents = IncidentService.of(database, groups, clock, metrics);
            List<String> ids = new ArrayList<>();
            for (Severity severity : List.of(Severity.MEDIUM, Severity.HIGH)) {
                for (int i = 0; i < INCIDENTS; i++) {
                    String id = "alert-" + (char) ('a' + i);
                    incidents.alerts().take(List.of(alert(id, 1 + severity.ordinal(), severity, 10)));
                    ids.add(severity.id().toUpperCase(Locale.ROOT) + " " + id);
                }
                groups.flush(now);
                now += 30_000;
            }
            Notifier notifier = new SlackNotifier(
                    slack.url(), Links.to("https://weir.example"), new HttpPost(clock, true, TIMEOUT));
            Receiver receiver = new Receiver("slack", Severity.LOW, notifier);
            try (Outbox outbox = new Outbox(store, List.of(receiver), clock, metrics)) {
                outbox.start();
                await().atMost(PATIENCE).until(() -> {
                    // The clock jumps over the pauses that the answers ask for.
                    now += 1_000;
                    return store.size() == 0;
                });
            }
            List<String> notified = slack.accepted().stream()
                    .map(message -> message.path("text").asText().replaceFirst(".*(MEDIUM|HIGH).*", "$1") + " "
                            + message.findValuesAsText("url").get(0).replaceFirst(".*/", ""))
                    .toList();
            assertThat(notified).containsExactlyInAnyOrderElementsOf(ids);
            assertThat(notified.stream()
                            .collect(Collectors.groupingBy(each -> each.replaceFirst(".* ", "")))
                            .values())
                    .as("notifications of an incident keep their order")
                    .allSatisfy(each -> assertThat(each.get(0)).startsWith("MEDIUM"));
            assertThat(slack.asked()).isGreaterThan(ids.size());
        }
    }
}
