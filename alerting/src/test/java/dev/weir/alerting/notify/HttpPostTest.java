package dev.weir.alerting.notify;

import static dev.weir.alerting.Notifications.CLOCK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.notify.ReceiverServer.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Addresses that are refused, and answers that are late or without end. */
class HttpPostTest {
    private static final HttpPost HTTP = new HttpPost(CLOCK, true);

    private ReceiverServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ReceiverServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void privateAddressesAndRedirectsAreRefused() throws Exception {
        HttpPost guarded = new HttpPost(CLOCK, false);
        for (String address : List.of("127.0.0.1", "169.254.169.254", "10.0.0.1", "[::1]", "localhost")) {
            assertThat(guarded.post(URI.create("http://" + address + ":1/"), new byte[0], Map.of()))
                    .as(address)
                    .isInstanceOf(Delivery.Rejected.class);
        }
        assertThat(server.requests()).isEmpty();
        try (ReceiverServer redirecting = new ReceiverServer()) {
            redirecting.answerNext(Answer.status(302).with("Location", server.url() + "/elsewhere"));
            assertThat(HTTP.post(redirecting.url(), new byte[0], Map.of())).isInstanceOf(Delivery.Rejected.class);
            assertThat(redirecting.requests()).hasSize(1);
            assertThat(server.requests()).isEmpty();
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
            assertThat(HTTP.post(slow, new byte[0], Map.of())).isInstanceOf(Delivery.Delivered.class);
            accepted.get(30, TimeUnit.SECONDS).close();
        }
    }

    @Test
    void lateAnswerIsTriedAgain() throws Exception {
        server.answerNext(Answer.status(200).after(Duration.ofMinutes(1)));
        HttpPost hasty = new HttpPost(CLOCK, true, Duration.ofMillis(200));
        assertThat(hasty.post(server.url(), new byte[0], Map.of())).isInstanceOf(Delivery.RetryLater.class);
    }
}
