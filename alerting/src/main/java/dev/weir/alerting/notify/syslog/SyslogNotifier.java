package dev.weir.alerting.notify.syslog;

import dev.weir.alerting.incident.Lifecycle;
import dev.weir.alerting.message.AlertMessage;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.notify.NotifierSetup;
import dev.weir.alerting.notify.NotifierType;
import dev.weir.common.config.ConfigException;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends a message after RFC 5424 for each alert, of the facility for security ({@code authpriv}), with the alert's
 * fields as structured data. Syslog has no acknowledgements: messages in the buffers of a receiver that fails are lost.
 */
public final class SyslogNotifier implements Notifier {
    public static final NotifierType<SyslogConfig> TYPE =
            NotifierType.of("syslog", SyslogConfig.class, SyslogNotifier::of);

    private static final int TIMEOUT_MS = 10_000;
    private static final int AUTHPRIV = 10;
    /** The id with the enterprise number that is reserved for documentation; Weir has no number of its own. */
    private static final String DATA_ID = "weir@32473";

    private final String host;
    private final int port;
    private final SyslogConfig.Transport transport;
    private final Links links;

    /**
     * Creates a notifier of one syslog server.
     *
     * @param links the addresses that messages link to
     */
    public SyslogNotifier(String host, int port, SyslogConfig.Transport transport, Links links) {
        this.host = host;
        this.port = port;
        this.transport = transport;
        this.links = links;
    }

    private static @Nullable Notifier of(NotifierSetup setup, SyslogConfig config) {
        String host = config.host();
        if (config.port() < 1 || config.port() > 65535) {
            throw new ConfigException(setup.key("port") + ": " + config.port() + " is outside 1..65535");
        }
        return host == null ? null : new SyslogNotifier(host, config.port(), config.transport(), setup.links());
    }

    @Override
    public String kind() {
        return TYPE.kind();
    }

    @Override
    public boolean isComplete() {
        return true;
    }

    @Override
    public Delivery send(Notification notification) {
        List<byte[]> messages = new ArrayList<>();
        notification.alerts().forEach(alert -> messages.add(message(notification, alert, "firing")));
        notification.resolved().forEach(alert -> messages.add(message(notification, alert, "resolved")));
        try {
            if (transport == SyslogConfig.Transport.UDP) {
                sendDatagrams(messages);
            } else {
                sendStream(messages);
            }
            return new Delivery.Delivered();
        } catch (IOException e) {
            return new Delivery.RetryLater("not reached: " + e.getClass().getSimpleName(), null);
        }
    }

    private void sendDatagrams(List<byte[]> messages) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            InetAddress address = InetAddress.getByName(host);
            for (byte[] message : messages) {
                socket.send(new DatagramPacket(message, message.length, address, port));
            }
        }
    }

    private void sendStream(List<byte[]> messages) throws IOException {
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(host, port), TIMEOUT_MS);
            plain.setSoTimeout(TIMEOUT_MS);
            Socket socket = transport == SyslogConfig.Transport.TLS ? encrypted(plain) : plain;
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (byte[] message : messages) {
                out.writeBytes((message.length + " ").getBytes(StandardCharsets.US_ASCII));
                out.writeBytes(message);
            }
            socket.getOutputStream().write(out.toByteArray());
            socket.getOutputStream().flush();
        }
    }

    private Socket encrypted(Socket plain) throws IOException {
        SSLSocket socket =
                (SSLSocket) ((SSLSocketFactory) SSLSocketFactory.getDefault()).createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private byte[] message(Notification notification, Alert alert, String status) {
        Map<String, String> data = new TreeMap<>();
        data.put("id", alert.id());
        data.put("detector", alert.detector());
        data.put("severity", alert.severity().id());
        data.put("category", alert.category());
        data.put("status", status);
        data.put("incident", Lifecycle.idOf(alert));
        data.put("incident_url", links.incident(Lifecycle.idOf(alert)));
        String runbook = links.runbook(alert);
        if (runbook != null) {
            data.put("runbook_url", runbook);
        }
        StringBuilder text = new StringBuilder()
                .append('<')
                .append(AUTHPRIV * 8 + level(alert.severity()))
                .append(">1 ")
                .append(Instant.ofEpochMilli(notification.atMs()))
                .append(" - weir - ")
                .append(alert.detector(), 0, Math.min(32, alert.detector().length()))
                .append(" [")
                .append(DATA_ID);
        data.forEach((name, value) -> text.append(' ')
                .append(name)
                .append("=\"")
                .append(escape(value))
                .append('"'));
        // Receivers that count no bytes take a line end for the end of the message.
        text.append("] ")
                .append((alert.title() + ": " + new AlertMessage(alert, runbook).details())
                        .replaceAll("\\p{Cntrl}", " "));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static int level(Severity severity) {
        return switch (severity) {
            case LOW -> 5;
            case MEDIUM -> 4;
            case HIGH -> 3;
            case CRITICAL -> 2;
        };
    }

    private static String escape(String value) {
        return value.replaceAll("\\p{Cntrl}", " ").replaceAll("([\\\\\"\\]])", "\\\\$1");
    }
}
