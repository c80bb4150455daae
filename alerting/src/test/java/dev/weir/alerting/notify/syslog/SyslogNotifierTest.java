package dev.weir.alerting.notify.syslog;

import static dev.weir.alerting.Notifications.LINKS;
import static dev.weir.alerting.Notifications.firing;
import static dev.weir.alerting.Notifications.resolved;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.syslog.SyslogConfig.Transport;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Messages of RFC 5424, over TCP and UDP. */
class SyslogNotifierTest {
    @Test
    void messageIsFramedAndEscaped() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> received = CompletableFuture.supplyAsync(() -> {
                try (Socket socket = listening.accept()) {
                    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(new SyslogNotifier("127.0.0.1", listening.getLocalPort(), Transport.TCP, LINKS).send(firing()))
                    .isInstanceOf(Delivery.Delivered.class);
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
            assertThat(new SyslogNotifier("127.0.0.1", listening.getLocalPort(), Transport.UDP, LINKS).send(resolved()))
                    .isInstanceOf(Delivery.Delivered.class);
            DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
            listening.receive(packet);
            assertThat(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8))
                    .contains("status=\"resolved\"");
        }
        assertThat(new SyslogNotifier("127.0.0.1", 1, Transport.TCP, LINKS).send(firing()))
                .isInstanceOf(Delivery.RetryLater.class);
    }
}
