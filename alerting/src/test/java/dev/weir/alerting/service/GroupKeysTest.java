package dev.weir.alerting.service;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.AlertingConfig;
import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.Receivers;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.Databases;
import dev.weir.alerting.store.OutboxStore;
import dev.weir.common.config.KafkaConfig;
import dev.weir.model.Severity;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A group goes on under its id, by which PagerDuty knows it, when the routes around its own change. */
class GroupKeysTest {
    private static final String PAGER = "{name: pager, pagerduty: {routing_key: k}}";
    private static final String OTHERS = "{name: am, alertmanager: {url: 'http://am:9093'}}, "
            + "{name: aside, slack: {webhook_url: 'https://hooks.example/1'}}";
    private static final String BEFORE = """
            receivers: [%s]
            route:
              receiver: pager
              routes:
                - matchers: ['severity=~"high|critical"', 'namespace="shop"']
            """.formatted(PAGER);
    private static final String AFTER = """
            receivers: [%s, %s]
            route:
              receiver: pager
              routes:
                - {matchers: ['severity=~"high|critical"'], receiver: aside, continue: true}
                - {matchers: ['severity="low"']}
                - matchers: [ 'namespace = "shop"', "severity=~high|critical" ]
            """.formatted(OTHERS, PAGER);

    @TempDir
    Path folder;

    private final AlertingMetrics metrics = new AlertingMetrics(new CollectorRegistry());
    private long now = 1_790_000_000_000L;
    private final InstantSource clock = () -> java.time.Instant.ofEpochMilli(now);
    private Database database;

    @AfterEach
    void close() {
        database.close();
    }

    @ParameterizedTest
    @EnumSource
    void routeMovesThenOpenGroupGoesOn(Databases kind) throws Exception {
        database = kind.open();
        String first = notified(BEFORE, 1).groupKey();
        assertThat(notified(AFTER, 2)).satisfies(second -> {
            assertThat(second.groupKey()).isEqualTo(first);
            assertThat(second.kind()).isEqualTo(Notification.Kind.UPDATED);
        });
    }

    @ParameterizedTest
    @EnumSource
    void receiverIsAddedToPlainConfigurationThenGroupGoesOn(Databases kind) throws Exception {
        database = kind.open();
        String first = notified("receivers: [" + PAGER + "]", 1).groupKey();
        assertThat(notified("receivers: [" + OTHERS + ", " + PAGER + "]", 2).groupKey())
                .isEqualTo(first);
    }

    @ParameterizedTest
    @EnumSource
    void groupOfEarlierVersionKeepsItsId(Databases kind) throws Exception {
        database = kind.open();
        notified(BEFORE, 1);
        database.inTransaction(handle -> {
            handle.execute("insert into notification_group (id, receiver, route, labels, due_ms, sent_ms)"
                    + " select 'old', receiver, 'route.routes[0]', labels, due_ms, sent_ms from notification_group");
            handle.execute("update notification_member set group_id = 'old'");
            return handle.execute("delete from notification_group where id <> 'old'");
        });
        groups(BEFORE).adopt();
        assertThat(notified(BEFORE, 2).groupKey()).isEqualTo("old");
        assertThat(notified(AFTER, 3).groupKey()).isEqualTo("old");
    }

    @ParameterizedTest
    @MethodSource
    void routesAreAddedThatMatchAllThenGroupGoesOn(String before, String after) throws Exception {
        database = Databases.H2.open();
        String receivers = "receivers: [" + OTHERS + ", " + PAGER + "]\n";
        String first = notified(receivers + before, 1).groupKey();
        assertThat(notified(receivers + after, 2).groupKey()).isEqualTo(first);
    }

    static Stream<Arguments> routesAreAddedThatMatchAllThenGroupGoesOn() {
        String root = "route: {receiver: pager";
        String matched = "{matchers: ['severity=~\"high|critical\"'], receiver: pager";
        String aside = "{receiver: aside, continue: true}";
        return Stream.of(
                Arguments.of(root + "}", root + ", routes: [" + aside + ", {receiver: pager}]}"),
                Arguments.of(
                        root + ", routes: [" + matched + "}]}",
                        root + ", routes: [" + matched + ", routes: [" + aside + ", {receiver: pager}]}]}"),
                Arguments.of("", root + "}"),
                Arguments.of(
                        root + ", routes: [" + matched + "}]}",
                        root + ", routes: [{receiver: pager, routes: [" + matched + "}]}]}"));
    }

    /** The pager's notification of the next revision of an alert. */
    private Notification notified(String routes, int revision) throws Exception {
        NotificationGroups groups = groups(routes);
        Severity worse = revision == 1 ? Severity.HIGH : Severity.CRITICAL;
        IncidentService.of(database, groups, clock, metrics)
                .alerts()
                .take(List.of(alert("a" + revision, 1, worse, 10).within("i", null, null)));
        now += 3_600_000;
        while (groups.flush(now).decided() > 0) {
            // Until nothing is due.
        }
        OutboxStore outbox = new OutboxStore(database);
        List<OutboxStore.Entry> all = outbox.due("pager", Long.MAX_VALUE, 10);
        outbox.remove(all.stream().map(OutboxStore.Entry::seq).toList());
        assertThat(all).hasSize(1);
        return all.get(0).notification();
    }

    private NotificationGroups groups(String routes) throws Exception {
        Path file = Files.writeString(folder.resolve("routes.yaml"), routes);
        AlertingConfig plain = AlertingConfig.defaults();
        Receivers receivers = Receivers.of(
                new AlertingConfig(
                        null,
                        null,
                        null,
                        file.toString(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        plain.slack(),
                        plain.webhook(),
                        plain.edges()),
                new KafkaConfig(null, null),
                clock);
        return new NotificationGroups(database, receivers.routes(), Map.of());
    }
}
