package dev.weir.alerting.notify;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.message.Notification.Kind;
import dev.weir.alerting.notify.alertmanager.AlertmanagerNotifier;
import dev.weir.alerting.notify.ocsf.FileLines;
import dev.weir.alerting.notify.ocsf.OcsfNotifier;
import dev.weir.alerting.notify.pagerduty.PagerDutyNotifier;
import dev.weir.alerting.notify.slack.SlackNotifier;
import dev.weir.alerting.notify.syslog.SyslogConfig.Transport;
import dev.weir.alerting.notify.syslog.SyslogNotifier;
import dev.weir.alerting.notify.teams.TeamsNotifier;
import dev.weir.alerting.notify.webhook.WebhookBody;
import dev.weir.alerting.notify.webhook.WebhookNotifier;
import dev.weir.common.config.ConfigException;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import dev.weir.model.codec.Json;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The messages of each kind of receiver. */
class NotifiersTest {
    private static final long NOW = 1_790_000_000_000L;
    private static final InstantSource CLOCK = () -> Instant.ofEpochMilli(NOW);
    private static final HttpPost HTTP = new HttpPost(CLOCK, true);
    private static final String WEIR = "https://weir.example";
    private static final Links LINKS = Links.to(WEIR);

    @TempDir
    Path folder;

    private HttpServer server;
    private volatile byte[] body;
    private volatile Headers headers;
    private volatile String path;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            body = exchange.getRequestBody().readAllBytes();
            headers = exchange.getRequestHeaders();
            path = exchange.getRequestURI().getPath();
            exchange.sendResponseHeaders(202, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private JsonNode posted() throws IOException {
        return Json.MAPPER.readTree(body);
    }

    private static Notification notification(Kind kind, List<Alert> alerts, List<Alert> resolved, int more) {
        Incident incident = new Incident(
                "i",
                1,
                kind == Kind.RESOLVED ? IncidentStatus.RESOLVED : IncidentStatus.OPEN,
                Severity.HIGH,
                "shop/web does what it must not",
                null,
                "shop",
                null,
                null,
                alerts.size() + resolved.size() + more,
                false,
                1,
                30,
                NOW);
        return new Notification(
                "group-1",
                kind,
                "r",
                "group",
                Map.of("incident", "i"),
                List.of(incident),
                alerts,
                resolved,
                more,
                1,
                NOW);
    }

    private static Notification firing() {
        return notification(Kind.FIRING, List.of(alert("a", 1, Severity.HIGH, 30)), List.of(), 0);
    }

    private static Notification resolved() {
        return notification(Kind.RESOLVED, List.of(), List.of(alert("a", 1, Severity.HIGH, 30)), 0);
    }

    private static void assertDelivered(Delivery delivery) {
        assertThat(delivery).isInstanceOf(Delivery.Delivered.class);
    }

    @Test
    void alertmanagerGetsFewLabelsAndEndedAlerts() throws Exception {
        AlertmanagerNotifier notifier = new AlertmanagerNotifier(url(), "secret", LINKS, HTTP);
        assertDelivered(notifier.send(firing()));
        assertThat(path).isEqualTo("/api/v2/alerts");
        assertThat(headers.getFirst("Authorization")).isEqualTo("Bearer secret");
        JsonNode alert = posted().get(0);
        assertThat(alert.path("labels").properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder(
                        "alertname",
                        "severity",
                        "category",
                        "namespace",
                        "workload",
                        "destination_namespace",
                        "destination_workload");
        assertThat(Instant.parse(alert.path("endsAt").asText())).isAfter(Instant.ofEpochMilli(NOW));
        assertThat(alert.path("generatorURL").asText()).isEqualTo(WEIR + "/api/v1/alerts/a");
        assertDelivered(notifier.send(resolved()));
        assertThat(posted().get(0).path("labels")).isEqualTo(alert.path("labels"));
        assertThat(Instant.parse(posted().get(0).path("endsAt").asText())).isEqualTo(Instant.ofEpochMilli(NOW));
        assertThat(notifier.resend()).isLessThan(Duration.ofMinutes(5));
    }

    @Test
    void toAlertmanagerWhatSharesItsLabelsEndsWithTheLast() throws Exception {
        AlertmanagerNotifier notifier = new AlertmanagerNotifier(url(), null, LINKS, HTTP);
        assertDelivered(notifier.send(firing()));
        Alert other = alert("b", 1, Severity.HIGH, 30);
        assertDelivered(notifier.send(notification(Kind.FIRING, List.of(other), List.of(), 0)));
        JsonNode last = posted();
        assertDelivered(notifier.send(resolved()));
        assertThat(posted()).as("nothing is posted of the first").isEqualTo(last);
        assertDelivered(notifier.send(notification(Kind.RESOLVED, List.of(), List.of(other), 0)));
        assertThat(posted().at("/0/annotations/alert").asText()).isEqualTo("b");
        assertThat(Instant.parse(posted().at("/0/endsAt").asText())).isEqualTo(Instant.ofEpochMilli(NOW));
    }

    @Test
    void pagerDutyTriggersAndResolvesByOneKey() throws Exception {
        PagerDutyNotifier notifier = new PagerDutyNotifier(url(), "key", LINKS, HTTP);
        assertDelivered(notifier.send(firing()));
        JsonNode trigger = posted();
        assertThat(trigger.path("event_action").asText()).isEqualTo("trigger");
        assertThat(trigger.path("routing_key").asText()).isEqualTo("key");
        assertThat(trigger.at("/payload/severity").asText()).isEqualTo("error");
        assertThat(trigger.at("/payload/source").asText()).isEqualTo("shop/web");
        assertThat(trigger.at("/links/0/href").asText()).isEqualTo(WEIR + "/api/v1/incidents/i");
        assertDelivered(notifier.send(resolved()));
        assertThat(posted().path("event_action").asText()).isEqualTo("resolve");
        assertThat(posted().path("dedup_key")).isEqualTo(trigger.path("dedup_key"));
    }

    @Test
    void teamsGetsACardWithinItsLimit() throws Exception {
        List<Alert> many = new ArrayList<>();
        for (int i = 0; i < Notification.MAX_ALERTS; i++) {
            many.add(alert("a" + i, 1, Severity.HIGH, 30));
        }
        assertDelivered(new TeamsNotifier(url(), LINKS, HTTP).send(notification(Kind.UPDATED, many, List.of(), 500)));
        assertThat(body.length).isLessThan(28 * 1024);
        JsonNode card = posted().at("/attachments/0/content");
        assertThat(card.path("type").asText()).isEqualTo("AdaptiveCard");
        assertThat(card.at("/body/0/text").asText()).startsWith("Update: shop/web does");
        assertThat(card.at("/body/1/text").asText()).contains("\\<to\\>");
        assertThat(card.path("body"))
                .last()
                .satisfies(last -> assertThat(last.path("text").asText()).isEqualTo("and 500 more"));
    }

    @Test
    void slackShowsManyAsLinesAndWhatIsOverInGreen() throws Exception {
        List<Alert> many = new ArrayList<>();
        for (int i = 0; i < Notification.MAX_ALERTS; i++) {
            many.add(alert("a" + i, 1, Severity.HIGH, 30));
        }
        SlackNotifier notifier = new SlackNotifier(url(), LINKS, HTTP);
        assertDelivered(notifier.send(notification(Kind.UPDATED, many, List.of(), 500)));
        JsonNode attachment = posted().at("/attachments/0");
        assertThat(attachment.at("/blocks/1/text/text").asText())
                .hasSizeLessThanOrEqualTo(3_000)
                .contains("• *HIGH* shop/web &lt;to&gt; shop/db &amp; more", "and 500 more");
        assertThat(attachment.at("/blocks/2/elements/0/url").asText()).isEqualTo(WEIR + "/api/v1/incidents/i");
        assertDelivered(notifier.send(resolved()));
        assertThat(posted().at("/attachments/0/color").asText()).isEqualTo("#2b8a3e");
        assertThat(posted().at("/attachments/0/blocks/0/text/text").asText()).startsWith("Resolved: ");
    }

    @Test
    void aSignedWebhookIsAsStandardWebhooksSays() throws Exception {
        byte[] key = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);
        String secret = "whsec_" + Base64.getEncoder().encodeToString(key);
        assertDelivered(new WebhookNotifier(url(), WebhookBody.plain(LINKS), secret, "k", HTTP, CLOCK).send(firing()));
        assertThat(headers.getFirst("webhook-id")).isEqualTo("group-1");
        assertThat(headers.getFirst("webhook-timestamp")).isEqualTo(Long.toString(NOW / 1_000));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        String signed = "group-1." + NOW / 1_000 + "." + new String(body, StandardCharsets.UTF_8);
        assertThat(headers.getFirst("webhook-signature"))
                .isEqualTo("v1,"
                        + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
        assertThat(posted().at("/alerts/0/id").asText()).isEqualTo("a");
        assertThat(posted().at("/incidents/0/status").asText()).isEqualTo("open");
        assertThatThrownBy(() ->
                        new WebhookNotifier(url(), WebhookBody.plain(LINKS), "whsec_short", "the.key", HTTP, CLOCK))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the.key")
                .hasMessageNotContaining("short");
    }

    @Test
    void syslogIsFramedAndEscaped() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> received = CompletableFuture.supplyAsync(() -> {
                try (Socket socket = listening.accept()) {
                    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertDelivered(
                    new SyslogNotifier("127.0.0.1", listening.getLocalPort(), Transport.TCP, LINKS).send(firing()));
            String text = received.get(30, TimeUnit.SECONDS);
            int space = text.indexOf(' ');
            String message = text.substring(space + 1);
            assertThat(Integer.parseInt(text.substring(0, space)))
                    .isEqualTo(message.getBytes(StandardCharsets.UTF_8).length);
            assertThat(message)
                    .startsWith("<83>1 2026-09-21T14:13:20Z - weir - policy-bypass [weir@32473 category=\"policy\"")
                    .contains("severity=\"high\"", "status=\"firing\"] shop/web <to> shop/db & more: A summary.");
        }
        try (DatagramSocket listening = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            listening.setSoTimeout(30_000);
            assertDelivered(
                    new SyslogNotifier("127.0.0.1", listening.getLocalPort(), Transport.UDP, LINKS).send(resolved()));
            DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
            listening.receive(packet);
            assertThat(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8))
                    .contains("status=\"resolved\"");
        }
        assertThat(new SyslogNotifier("127.0.0.1", 1, Transport.TCP, LINKS).send(firing()))
                .isInstanceOf(Delivery.RetryLater.class);
    }

    @Test
    void ocsfLinesAreDetectionFindings() throws Exception {
        Path file = folder.resolve("findings.ndjson");
        OcsfNotifier notifier = new OcsfNotifier(new FileLines(file), LINKS);
        assertDelivered(notifier.send(firing()));
        assertDelivered(notifier.send(resolved()));
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        JsonNode opened = Json.MAPPER.readTree(lines.get(0));
        assertThat(opened.path("class_uid").asInt()).isEqualTo(2004);
        assertThat(opened.path("type_uid").asInt()).isEqualTo(200401);
        assertThat(opened.path("severity_id").asInt()).isEqualTo(4);
        assertThat(opened.at("/finding_info/uid").asText()).isEqualTo("a");
        assertThat(opened.at("/evidences/0/src_endpoint/ip").asText()).isEqualTo("10.0.0.1");
        assertThat(opened.at("/evidences/0/dst_endpoint/port").asInt()).isEqualTo(5432);
        assertThat(Json.MAPPER.readTree(lines.get(1)).path("status_id").asInt()).isEqualTo(4);
        assertThat(new OcsfNotifier(new FileLines(folder.resolve("none/x")), LINKS).send(firing()))
                .isInstanceOf(Delivery.RetryLater.class);
    }

    @Test
    void privateAddressesAndRedirectsAreRefused() throws Exception {
        HttpPost guarded = new HttpPost(CLOCK, false);
        for (String address : List.of("127.0.0.1", "169.254.169.254", "10.0.0.1", "[::1]", "localhost")) {
            assertThat(guarded.post(URI.create("http://" + address + ":1/"), new byte[0], Map.of()))
                    .as(address)
                    .isInstanceOf(Delivery.Rejected.class);
        }
        assertThat(body).isNull();
        HttpServer redirecting = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        redirecting.createContext("/", exchange -> {
            exchange.getResponseHeaders().add("Location", url() + "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        redirecting.start();
        try {
            URI from = URI.create("http://127.0.0.1:" + redirecting.getAddress().getPort());
            assertThat(HTTP.post(from, new byte[0], Map.of())).isInstanceOf(Delivery.Rejected.class);
            assertThat(body).isNull();
        } finally {
            redirecting.stop(0);
        }
    }

    @Test
    void endlessAnswerDelaysNoOther() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Socket> accepted = CompletableFuture.supplyAsync(() -> {
                try {
                    Socket socket = listening.accept();
                    socket.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx"
                                    .getBytes(StandardCharsets.US_ASCII));
                    return socket;
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            URI slow = URI.create("http://127.0.0.1:" + listening.getLocalPort());
            assertDelivered(HTTP.post(slow, new byte[0], Map.of()));
            accepted.get(30, TimeUnit.SECONDS).close();
        }
    }
}
