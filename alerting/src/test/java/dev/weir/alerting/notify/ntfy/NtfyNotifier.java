package dev.weir.alerting.notify.ntfy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.alerting.message.AlertMessage;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Message;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.notify.NotifierSetup;
import dev.weir.alerting.notify.NotifierType;
import dev.weir.alerting.notify.Secret;
import dev.weir.model.Severity;
import dev.weir.model.codec.Json;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Publishes messages to a topic of an ntfy server, which pushes them to telephones. */
public final class NtfyNotifier implements Notifier {
    public static final NotifierType<NtfyConfig> TYPE = NotifierType.of("ntfy", NtfyConfig.class, NtfyNotifier::of);

    /** The longest text. A server makes an attachment of a message of more than 4,096 bytes. */
    private static final int TEXT = 3_000;

    /** The buttons that a message can have. */
    private static final int MAX_ACTIONS = 3;

    private static final int HIGH_PRIORITY = 4;
    private static final int USUAL_PRIORITY = 3;

    private final URI url;
    private final String topic;
    private final Map<String, String> headers;
    private final Links links;
    private final HttpPost http;

    private NtfyNotifier(URI url, String topic, @Nullable String token, NotifierSetup setup) {
        this.url = url;
        this.topic = topic;
        this.headers = token == null ? Map.of() : Map.of("Authorization", "Bearer " + token);
        this.links = setup.links();
        this.http = setup.http();
    }

    private static @Nullable Notifier of(NotifierSetup setup, NtfyConfig config) {
        URI url = Secret.url(config.url(), null, setup.key("url"));
        String token = Secret.token(config.tokenFile(), setup.key("token"));
        String topic = config.topic();
        return url == null || topic == null ? null : new NtfyNotifier(url, topic, token, setup);
    }

    @Override
    public String kind() {
        return TYPE.kind();
    }

    @Override
    public Delivery send(Notification notification) throws InterruptedException {
        return http.post(url, Json.write(body(Message.of(notification, links))), headers);
    }

    private ObjectNode body(Message message) {
        String text = message.text();
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.put("topic", topic);
        body.put("title", message.headline());
        body.put(
                "message",
                text == null
                        ? String.join("\n", message.lines(TEXT, AlertMessage::details, Message.Ended::line))
                        : text);
        body.put("priority", message.severity() == Severity.HIGH ? HIGH_PRIORITY : USUAL_PRIORITY);
        ArrayNode actions = body.putArray("actions");
        message.links().stream().limit(MAX_ACTIONS).forEach(link -> actions.addObject()
                .put("action", "view")
                .put("label", link.text())
                .put("url", link.url()));
        return body;
    }
}
