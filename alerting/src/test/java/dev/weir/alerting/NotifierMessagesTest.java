package dev.weir.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.message.AlertMessage;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Message;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.notify.NotifierType;
import dev.weir.alerting.notify.Notifiers;
import dev.weir.alerting.notify.ReceiverServer;
import dev.weir.common.config.KafkaConfig;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import dev.weir.model.codec.Json;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Renders one message through every kind of receiver that the configuration knows. */
class NotifierMessagesTest {
    private static final InstantSource CLOCK = () -> Instant.ofEpochMilli(1_790_000_000_000L);

    private static final String RUNBOOKS = "https://runbooks.example/weir";

    /** The addresses of a configuration with runbooks and defaults otherwise. */
    private static final Links LINKS = new Links("http://127.0.0.1:8080", RUNBOOKS);

    @TempDir
    Path folder;

    private final GreenMail mail = new GreenMail(new ServerSetup(0, "localhost", ServerSetup.PROTOCOL_SMTP));
    private ReceiverServer server;
    private DatagramSocket syslog;

    @BeforeEach
    void start() throws Exception {
        server = new ReceiverServer();
        mail.start();
        syslog = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        syslog.setSoTimeout(30_000);
    }

    @AfterEach
    void stop() {
        server.close();
        mail.stop();
        syslog.close();
    }

    static Stream<String> kinds() {
        return Notifiers.TYPES.stream().map(NotifierType::kind);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void eachNotifierRendersTheWholeMessage(String kind) throws Exception {
        Notification notification = notification();
        send(kind, notification);
        Message message = Message.of(notification, LINKS);
        AlertMessage first = message.firing().get(0);
        assertThat(plain(sent(kind)))
                .contains(message.headline())
                .contains(first.who())
                .contains(String.valueOf(first.policy()))
                .contains(message.incidents().get(0).url())
                .contains(RUNBOOKS + "/policy-bypass.md");
    }

    @Test
    void fieldsOfTheWebhooksMessageAreDocumented() throws Exception {
        send("webhook", notification());
        JsonNode message = server.last().json().path("message");
        Set<String> fields = names("", message);
        fields.addAll(names("alerts.", message.at("/alerts/0")));
        assertThat(documented("field")).isEqualTo(fields);
    }

    @Test
    void annotationsOfAlertmanagerAreDocumented() throws Exception {
        send("alertmanager", notification());
        assertThat(documented("annotation"))
                .isEqualTo(names("", server.last().json().at("/0/annotations")));
    }

    @Test
    void sampleOfPagerDutyIsThatOfItsPage() throws Exception {
        send("pagerduty", Receivers.sample("r", CLOCK));
        ObjectNode sent = (ObjectNode) server.last().json();
        sent.put("routing_key", "...").remove("links");
        String page = Files.readString(Path.of("../docs/how-to/connect-pagerduty.md"));
        assertThat(Json.MAPPER.readTree(page.split("```json\n")[1].split("```")[0]))
                .isEqualTo(sent);
    }

    private static Set<String> names(String prefix, JsonNode object) {
        return object.properties().stream()
                .map(field -> prefix + field.getKey())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The first column of a table of the reference, by its heading. */
    private static Set<String> documented(String heading) throws Exception {
        String page = Files.readString(Path.of("../docs/reference/alerting.md"));
        String table = page.split("\\| " + heading + " \\| means \\|\n")[1].split("\n\n")[0];
        return Pattern.compile("(?m)^\\| `([a-z_.]+)` \\|")
                .matcher(table)
                .results()
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Notification notification() {
        Alert alert = Alerts.alert("a", 1, Severity.HIGH, 30);
        Incident incident = Incident.builder("i")
                .severity(Severity.HIGH)
                .title("t")
                .namespace("shop")
                .build();
        return Notification.builder("n", Notification.Kind.FIRING)
                .receiver("r")
                .groupKey("g")
                .incidents(List.of(incident))
                .alerts(List.of(alert.within("i", null, null)))
                .atMs(CLOCK.millis())
                .build();
    }

    private void send(String kind, Notification notification) throws Exception {
        Receivers receivers = read("receivers: [{name: r, " + kind + ": " + settings(kind) + "}]\n");
        Notifier notifier = receivers.all().get(0).notifier();
        assertThat(notifier.kind()).isEqualTo(kind);
        assertThat(notifier.send(notification)).isInstanceOf(Delivery.Delivered.class);
    }

    /** A new kind of receiver needs a line here. */
    private String settings(String kind) {
        String url = "'" + server.url() + "/'";
        return switch (kind) {
            case "slack", "teams" -> "{webhook_url: " + url + "}";
            case "webhook", "alertmanager" -> "{url: " + url + "}";
            case "pagerduty" -> "{routing_key: k, url: " + url + "}";
            case "syslog" -> "{host: 127.0.0.1, transport: udp, port: " + syslog.getLocalPort() + "}";
            case "ocsf" -> "{file: '" + folder.resolve("findings") + "'}";
            case "email" ->
                "{host: localhost, encryption: none, from: w@example.org, to: [a@example.org], port: "
                        + mail.getSmtp().getPort() + "}";
            default -> throw new AssertionError("no settings for the receiver " + kind);
        };
    }

    private String sent(String kind) throws Exception {
        if (kind.equals("email")) {
            return mail.getReceivedMessages()[0].getSubject() + mail.getReceivedMessages()[0].getContent();
        }
        if (kind.equals("ocsf")) {
            return Files.readString(folder.resolve("findings"));
        }
        if (kind.equals("syslog")) {
            DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
            syslog.receive(packet);
            return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
        }
        return server.last().body();
    }

    /** The text without the escapes of JSON, Markdown and Slack. */
    private static String plain(String sent) {
        return sent.replace("\\", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    }

    private Receivers read(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("routes.yaml"), text);
        AlertingConfig config = new AlertingConfig(
                null, null, null, file.toString(), RUNBOOKS + "/", null, null, null, null, null, null, null);
        return Receivers.of(config, new KafkaConfig(null, null), CLOCK);
    }
}
