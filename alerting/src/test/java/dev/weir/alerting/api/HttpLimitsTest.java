package dev.weir.alerting.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.common.http.HttpLimits;
import io.javalin.Javalin;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Connector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bounds of slow or frequent clients. */
class HttpLimitsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST = 5;
    private static final String WHOLE = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    private final Map<String, Integer> closed = new ConcurrentHashMap<>();
    private final AtomicInteger opened = new AtomicInteger();
    private final List<Socket> sockets = new ArrayList<>();
    private Javalin server;

    @BeforeEach
    void start() {
        server = Javalin.create(settings -> {
            settings.jetty.modifyServer(jetty -> HttpLimits.bound(
                    jetty, MOST, Duration.ofSeconds(2), reason -> closed.merge(reason, 1, Integer::sum)));
            settings.routes.get("/", context -> context.result("fine"));
            settings.routes.post("/", context -> context.result(context.body()));
        });
        server.start("127.0.0.1", 0);
        for (Connector connector : server.jettyServer().server().getConnectors()) {
            connector.addBean(new Connection.Listener() {
                @Override
                public void onOpened(Connection connection) {
                    opened.incrementAndGet();
                }
            });
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.stop();
    }

    @Test
    void addressHasTooManyUnansweredThenFurtherOneIsClosed() throws Exception {
        List<Socket> first = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            first.add(open("GET / HTTP/1.1\r\n"));
        }
        assertThat(isClosed(open(WHOLE))).isTrue();
        assertThat(closed).containsEntry(HttpLimits.ADDRESS, 1);
        first.get(0).close();
        await().atMost(PATIENCE).until(() -> !isClosed(open(WHOLE)));
    }

    @Test
    void addressHasTooManyIdleThenOldestIsClosed() throws Exception {
        List<Socket> all = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            all.add(open(WHOLE));
            assertThat(answer(all.get(i))).startsWith("HTTP/1.1 200");
        }
        // Idleness is seen a moment later.
        await().atMost(PATIENCE).until(() -> answer(open(WHOLE)).startsWith("HTTP/1.1 200"));
        assertThat(isClosed(all.get(0))).isTrue();
        assertThat(closed).containsKey(HttpLimits.ADDRESS);
    }

    @Test
    void headerComesByteByByteThenConnectionIsClosed() throws Exception {
        Socket slow = open("GET / HTTP/1.1\r\n");
        await().atMost(PATIENCE).until(() -> isGone(slow, "X"));
        assertThat(closed).containsEntry(HttpLimits.SLOW, 1);
    }

    @Test
    void idleConnectionIsClosed() throws Exception {
        assertThat(isClosed(open(""))).isTrue();
        assertThat(closed).containsEntry(HttpLimits.SLOW, 1);
    }

    @Test
    void secondHeaderComesByteByByteThenConnectionIsClosed() throws Exception {
        Socket slow = open(WHOLE);
        assertThat(answer(slow)).startsWith("HTTP/1.1 200");
        await().atMost(PATIENCE).until(() -> isGone(slow, "X"));
        assertThat(closed).containsEntry(HttpLimits.SLOW, 1);
    }

    @Test
    void bodyComesByteByByteThenConnectionIsClosed() throws Exception {
        Socket slow = open("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
        await().atMost(PATIENCE).until(() -> isGone(slow, "x"));
    }

    @Test
    void idleConnectionAsksInTwoPartsThenItIsAnswered() throws Exception {
        Socket idle = open(WHOLE);
        assertThat(answer(idle)).startsWith("HTTP/1.1 200");
        assertThat(isClosed(open(""))).as("so long it has been idle").isTrue();
        idle.getOutputStream().write(WHOLE.substring(0, 10).getBytes(StandardCharsets.US_ASCII));
        assertThat(answer(open(WHOLE))).startsWith("HTTP/1.1 200");
        await().pollDelay(Duration.ofMillis(700)).atMost(PATIENCE).until(() -> true);
        idle.getOutputStream().write(WHOLE.substring(10).getBytes(StandardCharsets.US_ASCII));
        assertThat(answer(idle)).startsWith("HTTP/1.1 200");
    }

    /** Connections that have asked and wait for more to ask stay open meanwhile. */
    @Test
    void answeredConnectionIsIdleThenItStaysOpen() throws Exception {
        Socket idle = open(WHOLE);
        assertThat(answer(idle)).startsWith("HTTP/1.1 200");
        assertThat(isClosed(open("")))
                .as("one that asks nothing is closed meanwhile")
                .isTrue();
        idle.getOutputStream().write(WHOLE.getBytes(StandardCharsets.US_ASCII));
        assertThat(answer(idle)).startsWith("HTTP/1.1 200");
    }

    private Socket open(String text) throws IOException {
        Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), server.port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        sockets.add(socket);
        // Connections that are opened one after the other may reach the server in another order.
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(PATIENCE)
                .until(() -> opened.get() >= sockets.size());
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String answer(Socket socket) throws IOException {
        byte[] some = new byte[1_000];
        InputStream in = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        while (!text.toString().endsWith("fine")) {
            int read = in.read(some);
            if (read < 0) {
                return text.toString();
            }
            text.append(new String(some, 0, read, StandardCharsets.US_ASCII));
        }
        return text.toString();
    }

    /** True if the server closes the connection without an answer. */
    private static boolean isClosed(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    private static boolean isGone(Socket socket, String more) {
        try {
            socket.getOutputStream().write(more.getBytes(StandardCharsets.US_ASCII));
            return false;
        } catch (IOException gone) {
            return true;
        }
    }
}
