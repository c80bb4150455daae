package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.Receivers;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.alertmanager.AlertmanagerNotifier;
import dev.weir.model.codec.Json;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules and dashboards in the real Prometheus and Alertmanager. */
class PrometheusTest {
    private static final Path DEPLOY = Path.of("../deploy");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern LISTENING = Pattern.compile("\"Listening on\" address=(127\\.0\\.0\\.1:[0-9]+)\\s");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private final List<Process> running = new ArrayList<>();

    @AfterEach
    void stop() throws InterruptedException {
        for (Process process : running) {
            process.destroy();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    private Process start(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(new File(command[0]).getName() + running.size() + ".log")
                        .toFile())
                .start();
        running.add(process);
        return process;
    }

    /** Waits for a program's line about its address, and returns the URL; the program chooses its port itself. */
    private String listening(String log) {
        await().atMost(PATIENCE).until(() -> LISTENING.matcher(log(log)).find());
        Matcher line = LISTENING.matcher(log(log));
        assertThat(line.find()).isTrue();
        return "http://" + line.group(1);
    }

    private static JsonNode get(String url) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        return Json.MAPPER.readTree(
                HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    @Test
    void theRulesAreRightAndFireWhenTheyShould() throws Exception {
        RequiredPrograms.require("promtool");
        Process check = start(
                "promtool",
                "test",
                "rules",
                DEPLOY.resolve("prometheus/rules-test.yml").toString());
        assertThat(check.waitFor()).as(() -> log("promtool0.log")).isZero();
    }

    private String log(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void alertmanagerTakesWhatItIsSentAndForgetsWhatIsOver() throws Exception {
        RequiredPrograms.require("prometheus-alertmanager");
        Path config = Files.writeString(
                folder.resolve("alertmanager.yml"), "route: {receiver: none}\nreceivers: [{name: none}]\n");
        start(
                "prometheus-alertmanager",
                "--config.file=" + config,
                "--storage.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:0",
                "--cluster.listen-address=");
        String url = listening("prometheus-alertmanager0.log");
        InstantSource clock = InstantSource.system();
        AlertmanagerNotifier notifier = new AlertmanagerNotifier(
                URI.create(url), null, Links.to("https://weir.example"), new HttpPost(clock, true));
        Notification firing = Receivers.sample("am", clock);
        await().atMost(PATIENCE).until(() -> notifier.send(firing) instanceof Delivery.Delivered);
        JsonNode alerts = get(url + "/api/v2/alerts");
        assertThat(alerts).hasSize(1);
        assertThat(alerts.at("/0/labels/alertname").asText()).isEqualTo("port-scan");
        assertThat(alerts.at("/0/labels/workload").asText()).isEqualTo("web");
        assertThat(alerts.at("/0/status/state").asText()).isIn("active", "unprocessed");
        assertThat(alerts.at("/0/generatorURL").asText()).isEqualTo("https://weir.example/api/v1/alerts/sample");
        Notification over = firing.toBuilder()
                .kind(Notification.Kind.RESOLVED)
                .alerts(List.of())
                .resolved(firing.alerts())
                .build();
        assertThat(notifier.send(over)).isInstanceOf(Delivery.Delivered.class);
        await().atMost(PATIENCE).until(() -> get(url + "/api/v2/alerts").isEmpty());
    }

    /** Each query of the dashboards, run by a Prometheus that scrapes a running Weir. */
    @Test
    void dashboardsAskForWhatThereIs() throws Exception {
        RequiredPrograms.require("prometheus");
        Path yaml = Files.writeString(folder.resolve("weir.yaml"), """
                data: %s
                kafka: {port: 0}
                ingest: {netflow: {port: 0}}
                alerting: {http: {port: 0}, slack: {webhook_url: "http://127.0.0.1:9/none"}}
                """.formatted(folder.resolve("weir")));
        try (WeirProcess weir =
                WeirProcess.start(folder, "up", "--config", yaml.toString()).awaitReady()) {
            Path config = Files.writeString(folder.resolve("prometheus.yml"), """
                    global: {scrape_interval: 1s}
                    scrape_configs:
                      - job_name: weir-alerting
                        static_configs: [{targets: ["%s"]}]
                    """.formatted(weir.address()));
            start(
                    "prometheus",
                    "--config.file=" + config,
                    "--storage.tsdb.path=" + folder.resolve("tsdb"),
                    "--web.listen-address=127.0.0.1:0");
            String api = listening("prometheus0.log") + "/api/v1/query?query=";
            await().atMost(PATIENCE).ignoreExceptions().until(() -> get(api + "up")
                    .at("/data/result/0/value/1")
                    .asText()
                    .equals("1"));
            List<String> asked = new ArrayList<>();
            for (Path dashboard : dashboards()) {
                for (JsonNode query :
                        Json.MAPPER.readTree(Files.readAllBytes(dashboard)).findValues("expr")) {
                    String expression = query.asText().replace("$namespace", ".*");
                    JsonNode answer = get(api + URLEncoder.encode(expression, StandardCharsets.UTF_8));
                    assertThat(answer.path("status").asText()).as(expression).isEqualTo("success");
                    asked.add(expression);
                }
            }
            assertThat(asked).hasSizeGreaterThan(30);
            String there = weir.text("/metrics");
            for (String expression : asked) {
                Matcher names = ComposeTest.METRIC.matcher(expression);
                while (names.find()) {
                    String family = names.group().replaceFirst("_(bucket|sum|count)$", "");
                    assertThat(there)
                            .as("%s asks for %s", expression, family)
                            .contains("# TYPE " + family.replaceFirst("_total$", ""));
                }
            }
        }
    }

    private static List<Path> dashboards() throws IOException {
        try (var files = Files.list(DEPLOY.resolve("grafana/dashboards"))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }
}
