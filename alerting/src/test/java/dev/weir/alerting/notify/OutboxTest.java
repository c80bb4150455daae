package dev.weir.alerting.notify;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.notify.ReceiverServer.Answer;
import dev.weir.alerting.notify.slack.SlackNotifier;
import dev.weir.alerting.notify.webhook.WebhookBody;
import dev.weir.alerting.notify.webhook.WebhookNotifier;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.service.IncidentService;
import dev.weir.alerting.service.NotificationGroups;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.OutboxStore;
import dev.weir.model.Severity;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Notifiers against a real HTTP server, driven by a clock that the test moves. */
class OutboxTest {
    private static final String POISON = "poison";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ROUNDS = 10;

    @TempDir
    Path folder;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final AlertingMetrics metrics = new AlertingMetrics(registry);
    private volatile long now = 1_000_000;
    private final AtomicLong clockReads = new AtomicLong();
    private final InstantSource clock = () -> {
        clockReads.incrementAndGet();
        return Instant.ofEpochMilli(now);
    };
    private ReceiverServer server;
    private Database database;
    private OutboxStore store;

    @BeforeEach
    void start() throws IOException {
        server = new ReceiverServer();
        database = new Database("jdbc:h2:file:" + folder.resolve("weir"));
        store = new OutboxStore(database);
    }

    @AfterEach
    void stop() {
        server.close();
        database.close();
    }

    @Test
    void tooManyRequestsWaitAsLongAsTheTargetAsks() throws Exception {
        server.answerNext(Answer.status(429).retryAfter(Duration.ofSeconds(30)), Answer.status(200));
        enqueue("slack");
        try (Outbox outbox = outbox(slack())) {
            await().atMost(PATIENCE).until(() -> retries("slack") == 1);
            assertThat(store.due("slack", now + 29_999, 10)).isEmpty();
            assertThat(store.due("slack", now + 31_000, 10)).hasSize(1);
            now += 31_000;
            await().atMost(PATIENCE).until(() -> store.size() == 0);
            assertThat(server.requests()).hasSize(2);
            assertThat(outcome("slack", "delivered")).isEqualTo(1);
        }
    }

    @Test
    void notificationSettledElsewhereLeavesNoRest() throws Exception {
        enqueue("mail");
        OutboxStore.Entry entry = store.due("mail", now, 1).get(0);
        List<Long> seqs = List.of(entry.seq());
        store.replaceByRemaining(seqs, entry.notification(), List.of("b@example.org"), 0, now, now);
        store.replaceByRemaining(seqs, entry.notification(), List.of("b@example.org"), 0, now, now);
        assertThat(store.size()).as("settled twice, left once").isEqualTo(1);
    }

    @Test
    void receiverWithoutAPauseGetsTheLeastPause() throws Exception {
        for (int i = 0; i < 10; i++) {
            enqueue("fake", "a" + i);
        }
        Fake away = new Fake((notification, recipients) -> new Delivery.RetryLater("answered 503", Duration.ZERO));
        try (Outbox outbox = outbox(away)) {
            await().atMost(PATIENCE).until(() -> retries("fake") == 1);
            long before = clockReads.get();
            await("further rounds, each of which reads the clock")
                    .atMost(PATIENCE)
                    .until(() -> clockReads.get() > before + ROUNDS);
            assertThat(away.asked).as("until the clock goes on").hasSize(1);
        }
    }

    @Test
    void serverErrorsAreTriedAgainAndTheKeyStays() throws Exception {
        server.answerNext(Answer.status(500), Answer.status(503), Answer.status(204));
        enqueue("webhook");
        try (Outbox outbox = outbox(webhook())) {
            for (int attempt = 1; attempt <= 2; attempt++) {
                int so = attempt;
                await().atMost(PATIENCE).until(() -> retries("webhook") == so);
                now += 10_000;
            }
            await().atMost(PATIENCE).until(() -> store.size() == 0);
            List<String> keys = server.requests().stream()
                    .map(request -> String.valueOf(request.header("Idempotency-Key")))
                    .toList();
            assertThat(keys).hasSize(3).containsOnly(keys.get(0));
            assertThat(server.last().json().at("/alerts/0/id").asText()).isEqualTo("a");
            assertThat(server.last().json().path("id").asText()).isEqualTo(keys.get(0));
        }
    }

    @Test
    void rejectedNotificationIsReportedOnce() throws Exception {
        server.answerNext(Answer.status(404));
        enqueue("slack");
        try (Outbox outbox = outbox(slack())) {
            await().atMost(PATIENCE).until(() -> outcome("slack", "rejected") == 1);
            await().atMost(PATIENCE).until(() -> store.size() == 0);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void aTargetThatIsAwayLosesNothing() throws Exception {
        server.answerOthers(request -> Answer.HANG_UP);
        enqueue("slack");
        try (Outbox outbox = outbox(slack())) {
            await().atMost(PATIENCE).until(() -> retries("slack") == 1);
            assertThat(store.size()).isEqualTo(1);
            server.answerOthers(request -> Answer.status(200));
            now += 10_000;
            await().atMost(PATIENCE).until(() -> store.size() == 0);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void neverAcceptedNotificationDelaysNoOther() throws Exception {
        server.answerOthers(request -> Answer.status(request.body().contains(POISON) ? 500 : 200));
        enqueue("webhook", POISON);
        enqueue("webhook", "b");
        try (Outbox outbox = outbox(webhook())) {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
                now += 50;
                return outcome("webhook", "delivered") == 1;
            });
            assertThat(store.size()).isEqualTo(1);
            double tried = retries("webhook");
            now += 600_000;
            await().atMost(PATIENCE).until(() -> retries("webhook") > tried);
        }
        List<String> asked = server.requests().stream()
                .map(request -> request.json().at("/alerts/0/id").asText())
                .toList();
        assertThat(asked)
                .as("for some attempts the first notification stays first")
                .startsWith(POISON, POISON, POISON, POISON)
                .endsWith(POISON);
        assertThat(asked).filteredOn("b"::equals).hasSize(1);
    }

    @Test
    void rejectedDigestIsSentSingly() throws Exception {
        for (int i = 0; i < 25; i++) {
            enqueue("fake", i == 7 ? POISON : "a" + i);
        }
        Fake fussy = new Fake((notification, recipients) -> {
            boolean isFit = notification.kind() != Notification.Kind.DIGEST && !isPoison(notification);
            return isFit ? new Delivery.Delivered() : new Delivery.Rejected("too fussy");
        });
        try (Outbox outbox = outbox(fussy)) {
            await().atMost(PATIENCE).until(() -> store.size() == 0);
        }
        assertThat(fussy.asked).hasSize(26);
        assertThat(fussy.asked.get(0).notifications()).isEqualTo(25);
        assertThat(outcome("fake", "delivered")).isEqualTo(24);
        assertThat(outcome("fake", "rejected")).isEqualTo(1);
    }

    @Test
    void failingDigestIsSentSinglyAfterAWhile() throws Exception {
        for (int i = 0; i < Notification.MAX_ALERTS; i++) {
            enqueue("fake", i == 7 ? POISON : "a" + i);
        }
        Fake fake = new Fake((notification, recipients) ->
                notification.alerts().stream().anyMatch(each -> each.id().equals(POISON))
                        ? new Delivery.RetryLater("answered 500", null)
                        : new Delivery.Delivered());
        try (Outbox outbox = outbox(fake)) {
            await().atMost(PATIENCE).until(() -> {
                now += 1_000;
                return outcome("fake", "delivered") == Notification.MAX_ALERTS - 1;
            });
            assertThat(store.size()).isEqualTo(1);
        }
    }

    @Test
    void lateRecipientsDelayNoOther() throws Exception {
        enqueue("fake", "a");
        enqueue("fake", "b");
        AtomicBoolean isFull = new AtomicBoolean(true);
        Fake fake = new Fake((notification, recipients) -> {
            if (recipients.isEmpty()) {
                return new Delivery.Partly(List.of("bob"), "a full mailbox");
            }
            return isFull.get() ? new Delivery.RetryLater("answered 452", null) : new Delivery.Delivered();
        });
        try (Outbox outbox = outbox(fake)) {
            await().atMost(PATIENCE).until(() -> outcome("fake", "partly") == 2);
            assertThat(fake.asked).hasSize(2);
            now += 60_000;
            await().atMost(PATIENCE).until(() -> retries("fake") == 2);
            enqueue("fake", "c");
            await().atMost(PATIENCE).until(() -> outcome("fake", "partly") == 3);
            isFull.set(false);
            now += 3_600_000;
            await().atMost(PATIENCE).until(() -> outcome("fake", "delivered") == 3);
            assertThat(store.size()).isZero();
        }
        assertThat(fake.recipients).filteredOn(List::isEmpty).hasSize(3);
        assertThat(fake.recipients)
                .filteredOn(each -> each.equals(List.of("bob")))
                .hasSize(5);
    }

    @Test
    void recipientsThatNeverTakeItAreGivenUp() throws Exception {
        enqueue("fake", "a");
        Fake fake = new Fake((notification, recipients) -> recipients.isEmpty()
                ? new Delivery.Partly(List.of("bob"), "a full mailbox")
                : new Delivery.RetryLater("answered 452", null));
        try (Outbox outbox = outbox(fake)) {
            await().atMost(PATIENCE).until(() -> outcome("fake", "partly") == 1);
            now += Duration.ofDays(5).toMillis();
            await().atMost(PATIENCE).until(() -> outcome("fake", "rejected") == 1);
            await().atMost(PATIENCE).until(() -> store.size() == 0);
        }
    }

    @Test
    void unstoredResultIsNotSentAgain() throws Exception {
        enqueue("fake", "a");
        Fake fake = new Fake((notification, recipients) -> {
            rename("outbox", "away");
            return new Delivery.Delivered();
        });
        try (Outbox outbox = outbox(fake)) {
            await().atMost(PATIENCE).until(() -> outcome("fake", "delivered") == 1);
            rename("away", "outbox");
            await().atMost(PATIENCE).until(() -> store.size() == 0);
        }
        assertThat(fake.asked).hasSize(1);
    }

    private void rename(String from, String to) {
        try {
            database.inTransaction(handle -> handle.execute("alter table " + from + " rename to " + to));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isPoison(Notification notification) {
        return notification.alerts().get(0).id().equals(POISON);
    }

    /** Answers as the test says. */
    private static final class Fake implements Notifier {
        private final List<Notification> asked = new CopyOnWriteArrayList<>();
        private final List<List<String>> recipients = new CopyOnWriteArrayList<>();
        private final BiFunction<Notification, List<String>, Delivery> answer;

        Fake(BiFunction<Notification, List<String>, Delivery> answer) {
            this.answer = answer;
        }

        @Override
        public String kind() {
            return "fake";
        }

        @Override
        public Delivery send(Notification notification) {
            return send(notification, List.of());
        }

        @Override
        public Delivery send(Notification notification, List<String> some) {
            asked.add(notification);
            recipients.add(some);
            return answer.apply(notification, some);
        }
    }

    @Test
    void theSlackMessageSaysWhatWhoAndWhyWithinSlacksLimits() throws Exception {
        enqueue("slack");
        try (Outbox outbox = outbox(slack())) {
            await().atMost(PATIENCE).until(() -> server.requests().size() == 1);
        }
        JsonNode message = server.last().json();
        JsonNode attachment = message.at("/attachments/0");
        assertThat(attachment.path("color").asText()).isEqualTo("#d9480f");
        assertThat(attachment.at("/blocks/0/text/type").asText()).isEqualTo("plain_text");
        assertThat(attachment.at("/blocks/0/text/text").asText()).hasSizeLessThanOrEqualTo(150);
        assertThat(message.path("text").asText()).isEqualTo("HIGH: shop/web &lt;to&gt; shop/db &amp; more");
        assertThat(attachment.at("/blocks/2/fields")).hasSizeLessThanOrEqualTo(10);
        assertThat(attachment.toString())
                .contains(
                        "NetworkPolicy shop/db ingress",
                        "Because.",
                        "sampled 1:50",
                        "https://weir.example/api/v1/incidents/a");
    }

    private void enqueue(String target) throws Exception {
        enqueue(target, "a");
    }

    private void enqueue(String target, String alert) throws Exception {
        NotificationGroups groups =
                new NotificationGroups(database, Routes.toAll(Map.of(target, Severity.LOW)), Map.of());
        IncidentService.of(database, groups, clock, metrics).alerts().take(List.of(alert(alert, 1, Severity.HIGH, 10)));
        groups.flush(now);
    }

    private Outbox outbox(Notifier notifier) {
        Outbox outbox =
                new Outbox(store, List.of(new Receiver(notifier.kind(), Severity.LOW, notifier)), clock, metrics);
        outbox.start();
        return outbox;
    }

    private Notifier slack() {
        return new SlackNotifier(url(), Links.to("https://weir.example"), new HttpPost(clock, true));
    }

    private Notifier webhook() {
        return new WebhookNotifier(
                url(), WebhookBody.plain(Links.to("https://weir.example")), null, "", new HttpPost(clock, true), clock);
    }

    private URI url() {
        return server.url().resolve("/hook");
    }

    private double retries(String target) {
        Double value = registry.getSampleValue(
                "weir_alerting_notification_retries_total", new String[] {"receiver"}, new String[] {target});
        return value == null ? 0 : value;
    }

    private double outcome(String target, String result) {
        Double value = registry.getSampleValue(
                "weir_alerting_notifications_total", new String[] {"receiver", "result"}, new String[] {target, result
                });
        return value == null ? 0 : value;
    }
}
