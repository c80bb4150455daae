package dev.weir.alerting.notify.email;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.weir.alerting.Receivers;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.email.EmailConfig.Encryption;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EmailNotifierTest {
    private static EmailNotifier notifier(int port, Encryption encryption, String... to) {
        EmailConfig config =
                new EmailConfig("localhost", port, encryption, null, null, "Weir <weir@example.org>", List.of(to));
        return new EmailNotifier(config.checked("email"), null, Links.to("https://weir.example"));
    }

    private static Notification sample() {
        return Receivers.sample("mail", () -> Instant.ofEpochMilli(1_790_000_000_000L));
    }

    private static GreenMail server(String protocol) {
        GreenMail server = new GreenMail(new ServerSetup(0, "localhost", protocol));
        server.start();
        return server;
    }

    @Test
    void aMailSaysWhatItIsAboutAndIsKnownAgain() throws Exception {
        GreenMail server = server(ServerSetup.PROTOCOL_SMTP);
        try {
            EmailNotifier notifier =
                    notifier(server.getSmtp().getPort(), Encryption.NONE, "a@example.org", "b@example.org");
            assertThat(notifier.send(sample())).isInstanceOf(Delivery.Delivered.class);
            assertThat(notifier.send(sample().saying("Look\r\nBcc: evil@example.org", "This way: ü <b>")))
                    .isInstanceOf(Delivery.Delivered.class);
            MimeMessage[] got = server.getReceivedMessages();
            assertThat(got).as("two for each of two").hasSize(4);
            List<MimeMessage> plain =
                    of(got, "[Weir low] Test: A sample from Weir: shop/web scans the ports of shop/db");
            List<MimeMessage> worded = of(got, "[Weir low] Test: Look Bcc: evil@example.org");
            assertThat(plain).hasSize(2);
            assertThat(worded).hasSize(2);
            assertThat((String) plain.get(0).getContent()).contains("LOW  A sample", "Detector port-scan");
            assertThat(plain.get(0).getMessageID()).isEqualTo("<sample-1790000000000@example.org>");
            assertThat(worded.get(0).getMessageID()).isEqualTo(plain.get(0).getMessageID());
            assertThat(plain.get(0).getHeader("References")).containsExactly("<sample@example.org>");
            assertThat(plain.get(0).getAllRecipients()).hasSize(2);
            assertThat((String) worded.get(0).getContent()).startsWith("This way: ü <b>");
        } finally {
            server.stop();
        }
    }

    private static List<MimeMessage> of(MimeMessage[] all, String subject) throws Exception {
        List<MimeMessage> found = new ArrayList<>();
        for (MimeMessage each : all) {
            if (each.getSubject().equals(subject)) {
                found.add(each);
            }
        }
        return found;
    }

    @Test
    void serverWithoutAValidCertificateGetsNoMessage() throws Exception {
        GreenMail tls = server(ServerSetup.PROTOCOL_SMTPS);
        GreenMail plain = server(ServerSetup.PROTOCOL_SMTP);
        try {
            assertThat(notifier(tls.getSmtps().getPort(), Encryption.TLS, "a@example.org")
                            .send(sample()))
                    .as("its certificate is its own")
                    .isInstanceOf(Delivery.RetryLater.class);
            assertThat(notifier(plain.getSmtp().getPort(), Encryption.STARTTLS, "a@example.org")
                            .send(sample()))
                    .as("it offers no encryption")
                    .isInstanceOf(Delivery.RetryLater.class);
            assertThat(tls.getReceivedMessages()).isEmpty();
            assertThat(plain.getReceivedMessages()).isEmpty();
        } finally {
            tls.stop();
            plain.stop();
        }
    }

    @Test
    void onlyFinalRefusalsAreNotRepeated() throws Exception {
        assertThat(answeredTo("RCPT", "550 no such user")).isEqualTo(new Delivery.Rejected("answered 550"));
        assertThat(answeredTo("RCPT", "451 greylisted")).isEqualTo(new Delivery.RetryLater("answered 451", null));
        assertThat(answeredTo("DATA", "554 no")).isEqualTo(new Delivery.Rejected("answered 554"));
        assertThat(answeredTo("MAIL", "421 too busy")).isEqualTo(new Delivery.RetryLater("answered 421", null));
        assertThat(answeredTo("MAIL", "garbage")).isInstanceOf(Delivery.RetryLater.class);
        assertThat(answeredTo("DATA", null)).isInstanceOf(Delivery.RetryLater.class);
        for (String goodbye : new String[] {"garbage", "500 what?", null}) {
            assertThat(answeredTo("QUIT", goodbye)).as("it has been taken").isInstanceOf(Delivery.Delivered.class);
        }
    }

    @Test
    void recipientsRefusedForNowAreTriedLater() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("localhost"))) {
            List<String> commands = new CopyOnWriteArrayList<>();
            Thread thread = new Thread(() -> {
                serve(server, commands, "RCPT TO:<b@", "450 greylisted");
                serve(server, commands, "nothing", "250 fine");
            });
            thread.start();
            EmailNotifier notifier = notifier(server.getLocalPort(), Encryption.NONE, "a@example.org", "b@example.org");
            assertThat(notifier.send(sample()))
                    .isEqualTo(new Delivery.Partly(List.of("b@example.org"), "not taken now: b@example.org"));
            assertThat(notifier.send(sample(), List.of("b@example.org"))).isInstanceOf(Delivery.Delivered.class);
            server.close();
            thread.join();
            assertThat(commands)
                    .filteredOn(command -> command.startsWith("RCPT") || command.equals("DATA"))
                    .extracting(command -> command.replaceFirst(" ORCPT.*", ""))
                    .containsExactly(
                            "RCPT TO:<a@example.org>",
                            "RCPT TO:<b@example.org>",
                            "DATA",
                            "RCPT TO:<b@example.org>",
                            "DATA");
        }
    }

    @Test
    void someRecipientsAreRefusedThenDeliveryIsPartly() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("localhost"))) {
            Thread thread = new Thread(() -> serve(server, new ArrayList<>(), "RCPT TO:<b@", "550 no such user"));
            thread.start();
            Delivery delivery = notifier(server.getLocalPort(), Encryption.NONE, "a@example.org", "b@example.org")
                    .send(sample());
            server.close();
            thread.join();
            assertThat(delivery).isEqualTo(new Delivery.Partly(List.of(), "refused for good: b@example.org"));
            assertThat(delivery.outcome()).isEqualTo("delivered in part; refused for good: b@example.org");
        }
    }

    @Test
    void oneThatMayBeTakenLaterIsReasonEnoughToTryAgain() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("localhost"))) {
            Thread thread = new Thread(() -> serve(server, new ArrayList<>(), "RCPT", "450 later", "550 never"));
            thread.start();
            Delivery delivery = notifier(server.getLocalPort(), Encryption.NONE, "a@example.org", "b@example.org")
                    .send(sample());
            server.close();
            thread.join();
            assertThat(delivery).isEqualTo(new Delivery.RetryLater("answered 450", null));
        }
    }

    /** A mail server that takes everything but one command. */
    private static Delivery answeredTo(String command, @Nullable String answer) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("localhost"))) {
            Thread thread = new Thread(() -> serve(server, new ArrayList<>(), command, answer));
            thread.start();
            Delivery delivery = notifier(server.getLocalPort(), Encryption.NONE, "a@example.org")
                    .send(sample());
            server.close();
            thread.join();
            return delivery;
        }
    }

    /** Answers such commands in turn, the last for ever; null hangs up. */
    private static void serve(ServerSocket server, List<String> commands, String refused, @Nullable String... answers) {
        try (Socket socket = server.accept();
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            String said = "220 here";
            String line;
            int next = 0;
            do {
                socket.getOutputStream().write((said + "\r\n").getBytes(StandardCharsets.US_ASCII));
                line = in.readLine();
                commands.add(String.valueOf(line));
                boolean isRefused = line != null && line.startsWith(refused);
                String answer = isRefused ? answers[Math.min(next++, answers.length - 1)] : null;
                if (isRefused && answer == null) {
                    return;
                }
                boolean isData = !isRefused && "DATA".equals(line);
                if (isData) {
                    socket.getOutputStream().write("354 go on\r\n".getBytes(StandardCharsets.US_ASCII));
                    do {
                        line = in.readLine();
                    } while (line != null && !line.equals("."));
                }
                said = isRefused ? String.valueOf(answer) : "250 fine";
            } while (line != null);
        } catch (IOException e) {
            if (!server.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
