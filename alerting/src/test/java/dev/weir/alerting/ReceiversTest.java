package dev.weir.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.alerting.message.Notification;
import dev.weir.alerting.notify.Receiver;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.route.Routes.Route;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.KafkaConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of receivers and routes. */
class ReceiversTest {
    private static final String RECEIVERS = """
            receivers:
              - {name: team, slack: {webhook_url: "https://hooks.example/1"}}
              - {name: am, alertmanager: {url: "http://am:9093/"}}
              - {name: pager, pagerduty: {routing_key: k}}
            """;

    @TempDir
    Path folder;

    private Receivers read(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("routes.yaml"), text);
        AlertingConfig config = AlertingConfig.defaults();
        return Receivers.of(
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
                        config.slack(),
                        config.webhook(),
                        config.edges()),
                new KafkaConfig(null, null),
                InstantSource.system());
    }

    private static List<String> notified(Routes routes, String... labels) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            map.put(labels[i], labels[i + 1]);
        }
        return routes.matching(map).stream().map(Route::receiver).toList();
    }

    @Test
    void aRouteSaysItInItsOwnWords() throws Exception {
        Receivers receivers = read(RECEIVERS + """
                templates:
                  - name: short
                    title: "{{#alerts}}{{detector}} {{/alerts}}"
                    text: "{{#alerts}}{{source.namespace}}/{{source.workload}}: <{{title}}> {{nothing}}{{/alerts}}"
                route:
                  receiver: team
                  template: short
                  routes:
                    - matchers: ['severity="high"']
                """);
        Notification sample = Receivers.sample("team", InstantSource.system());
        Notification said = receivers
                .routes()
                .atPath("route.routes[0]")
                .orElseThrow()
                .wording()
                .of(sample);
        assertThat(said.title()).isEqualTo("port-scan");
        assertThat(said.text()).isEqualTo("shop/web: <A sample from Weir: shop/web scans the ports of shop/db>");
        for (String wrong : List.of("{{#alerts}}", "{{>other}}", "{{#a}}{{/b}}")) {
            assertThatThrownBy(() -> read(RECEIVERS + """
                    templates: [{name: t, text: "%s"}]
                    route: {receiver: team, template: t}
                    """.formatted(wrong)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("template");
        }
        assertThatThrownBy(() -> read(RECEIVERS + "route: {receiver: team, template: none}\n"))
                .hasMessageContaining("route.template: there is no template 'none'");
    }

    @Test
    void aTokenThatCannotStandInAHeaderIsRefusedAndNotSaid() throws Exception {
        for (String token : List.of("weir_secret\nmore", "weir secret", "weir_secret\u00fc\u4e00")) {
            Path file = Files.writeString(folder.resolve("token"), token);
            assertThatThrownBy(() -> read("receivers: [{name: am, alertmanager: {url: 'http://127.0.0.1:1',"
                            + " bearer_token_file: " + file + "}}]\n"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("bearer_token")
                    .hasMessageNotContaining("weir_secret");
        }
    }

    @Test
    void webhookBodyFollowsItsTemplate() throws Exception {
        Path template = Files.writeString(folder.resolve("body.mustache"), """
                {"text": "{{#alerts}}{{severity}}: {{title}}{{/alerts}}", "quote": "{{quote}}"}""");
        String config = "receivers: [{name: hook, webhook: {url: 'http://127.0.0.1:9/', template_file: %s%s}}]\n";
        assertThat(read(config.formatted(template, "")).all()).hasSize(1);
        Files.writeString(template, "{\"text\": {{more}}");
        assertThatThrownBy(() -> read(config.formatted(template, "")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("receivers[0].webhook.template_file: " + template + " gives no JSON");
        assertThat(read(config.formatted(template, ", content_type: text/plain"))
                        .all())
                .hasSize(1);
        Files.writeString(template, "{{#open}}");
        assertThatThrownBy(() -> read(config.formatted(template, ""))).hasMessageContaining("is no Mustache template");
        assertThatThrownBy(() -> read(config.formatted(folder.resolve("none"), "")))
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> read(config.formatted(template, ", content_type: 'a: b'")))
                .hasMessageContaining("is no media type");
    }

    @Test
    void mailNeedsAddressesAndSendsNoPasswordInTheClear() throws Exception {
        String config = "receivers: [{name: mail, email: {host: mx.example, from: weir@example.org%s}}]\n";
        assertThat(read(config.formatted(", to: [a@example.org]")).all()).hasSize(1);
        assertThatThrownBy(() -> read(config.formatted(""))).hasMessageContaining("email.to: is missing");
        assertThatThrownBy(() -> read(config.formatted(", to: ['a b']")))
                .hasMessageContaining("email.to[0]: 'a b' is no address");
        Path password = Files.writeString(folder.resolve("password"), "secret-word");
        assertThatThrownBy(() -> read(config.formatted(
                        ", to: [a@example.org], username: weir, encryption: none," + " password_file: " + password)))
                .hasMessageContaining("in the clear")
                .hasMessageNotContaining("secret-word");
    }

    @Test
    void routesMatchAsInAlertmanager() throws Exception {
        Receivers receivers = read(RECEIVERS + """
                route:
                  receiver: team
                  group_interval: 1m
                  routes:
                    - matchers: ['severity=~"high|critical"']
                      receiver: pager
                      continue: true
                    - matchers: ['namespace="shop"', 'category!="posture"']
                      receiver: am
                      repeat_interval: 4h
                      routes:
                        - matchers: ['label_app="x"']
                          receiver: team
                    - matchers: ['alertname!~"new-.*"']
                """);
        assertThat(receivers.all()).extracting(Receiver::name).containsExactly("am", "pager", "team");
        Routes routes = receivers.routes();
        assertThat(notified(routes, "severity", "low", "alertname", "new-edge")).containsExactly("team");
        assertThat(notified(routes, "severity", "high", "namespace", "shop")).containsExactly("pager", "am");
        assertThat(notified(routes, "severity", "highest"))
                .as("the whole value")
                .containsExactly("team");
        assertThat(notified(routes, "namespace", "shop", "category", "posture")).containsExactly("team");
        assertThat(notified(routes, "namespace", "shop", "label_app", "x")).containsExactly("team");
        Route am = routes.atPath("route.routes[1]").orElseThrow();
        assertThat(am.groupInterval()).as("from above").isEqualTo(Duration.ofMinutes(1));
        assertThat(am.repeatInterval()).isEqualTo(Duration.ofHours(4));
        assertThat(routes.at("am", "gone").receiver()).as("gone").isEqualTo("team");
        assertThat(receivers.resend()).containsOnlyKeys("am");
    }

    @Test
    void mutedTimesSendNoNotifications() throws Exception {
        Route route = read(RECEIVERS + """
                route:
                  receiver: team
                  mute_time_intervals: [nights, holidays]
                time_intervals:
                  - name: nights
                    time_intervals:
                      - times: [{start_time: "20:00", end_time: "24:00"}, {start_time: "00:00", end_time: "07:00"}]
                        location: Europe/Berlin
                  - name: holidays
                    time_intervals:
                      - {days_of_month: ["25:26"], months: [december]}
                      - {days_of_month: ["-1"], months: ["12"]}
                      - {weekdays: ["saturday:sunday"]}
                """).routes().atPath("route").orElseThrow();
        assertThat(route.isMuted(at("2026-07-01T10:00:00Z"))).isFalse();
        assertThat(route.isMuted(at("2026-07-01T18:00:00Z")))
                .as("20:00 in Berlin")
                .isTrue();
        assertThat(route.isMuted(at("2026-07-01T04:59:59Z"))).isTrue();
        assertThat(route.isMuted(at("2026-07-01T05:00:00Z"))).isFalse();
        assertThat(route.isMuted(at("2026-12-25T12:00:00Z"))).isTrue();
        assertThat(route.isMuted(at("2026-12-31T12:00:00Z"))).isTrue();
        assertThat(route.isMuted(at("2026-12-30T12:00:00Z"))).isFalse();
        assertThat(route.isMuted(at("2026-07-04T12:00:00Z"))).as("a Saturday").isTrue();
    }

    private static long at(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    @Test
    void withoutRoutesAllReceiversAreNotified() throws Exception {
        Routes routes = read(RECEIVERS).routes();
        assertThat(notified(routes, "severity", "low")).containsExactly("am", "pager", "team");
    }

    @Test
    void mistakesNameTheFileAndWhatWouldBeRight() {
        refused(
                "receivers: [{name: a, slak: {}}]",
                "routes.yaml:1: unknown key 'slak'; the closest valid one is 'slack'");
        refused("receivers: [{name: a}]", "receivers[0]: must say where to");
        refused("receivers: [{name: 'a b', ocsf: {file: x}}]", "receivers[0].name");
        refused("receivers: [{name: a, ocsf: {file: /nowhere/x}}]", "there is no folder /nowhere");
        refused(
                "receivers: [{name: a, slack: {webhook_url: 'ftp://secret'}}]",
                "receivers[0].slack.webhook_url: must be an http");
        refused(
                RECEIVERS + "route: {receiver: absent}",
                "route.receiver: there is no receiver 'absent'; there are am, pager, team");
        refused(RECEIVERS + "route: {routes: []}", "route.receiver: is missing");
        refused(RECEIVERS + "route: {receiver: am, routes: [{matchers: ['severity']}]}", "route.routes[0].matchers[0]");
        refused(RECEIVERS + "route: {receiver: am, routes: [{matchers: ['a=~\"[\"']}]}", "in the pattern");
        refused(RECEIVERS + "route: {receiver: am, mute_time_intervals: [x]}", "there is no time interval 'x'");
        refused(
                RECEIVERS
                        + "route: {receiver: am}\ntime_intervals: [{name: x, time_intervals: [{weekdays: [someday]}]}]",
                "time_intervals[0]: weekdays: 'someday' is not known");
        refused(
                RECEIVERS
                        + "route: {receiver: am}\ntime_intervals: [{name: x, time_intervals: [{times: [{start_time: '22:00', end_time: '06:00'}]}]}]",
                "a night is two times");
    }

    private void refused(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("secret");
    }
}
