package dev.weir.alerting.notify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.codec.Json;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A webhook endpoint that answers in all the ways that there are, in turn. */
final class ErraticSlack implements AutoCloseable {
    private static final int PAUSE_MS = 5;

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Answer> answers;
    private final AtomicInteger asked = new AtomicInteger();
    private final List<JsonNode> accepted = new CopyOnWriteArrayList<>();
    private final List<Socket> silent = new ArrayList<>();

    /** The kinds of answers: whether the message counts as accepted, and the bytes of the answer. */
    enum Answer {
        OK(true, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"),
        TOO_MANY(false, "HTTP/1.1 429 Wait\r\nRetry-After: 3\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        ERROR(false, "HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        HANGS_UP(false, ""),
        SAYS_NOTHING(false, ""),
        GARBAGE(false, "\0\1\2 what?\r\n\r\n"),
        BAD_LENGTH(false, "HTTP/1.1 503 No\r\nContent-Length: abc\r\nConnection: close\r\n\r\n"),
        NO_WAIT(false, "HTTP/1.1 503 No\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        /** A byte at a time. */
        SLOWLY(true, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"),
        /** Accepted, with more to say than there is time for. */
        WITHOUT_END(true, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nand");

        private final boolean accepts;
        private final String text;

        Answer(boolean accepts, String text) {
            this.accepts = accepts;
            this.text = text;
        }
    }

    ErraticSlack(List<Answer> answers) throws IOException {
        this.answers = answers;
        Thread thread = new Thread(this::serve, "erratic-slack");
        thread.setDaemon(true);
        thread.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/services/T/B/x");
    }

    /** The accepted messages, in order. */
    List<JsonNode> accepted() {
        return accepted;
    }

    /** The number of requests. */
    int asked() {
        return asked.get();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket each : silent) {
            each.close();
        }
    }

    private void serve() {
        while (!server.isClosed()) {
            try {
                answer(server.accept());
            } catch (IOException | InterruptedException e) {
                // The other side has hung up, or the test is over.
            }
        }
    }

    private void answer(Socket socket) throws IOException, InterruptedException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int length = 0;
        StringBuilder line = new StringBuilder();
        while (true) {
            int c = in.read();
            if (c < 0) {
                socket.close();
                return;
            }
            if (c != '\n') {
                line.append((char) c);
                continue;
            }
            String header = line.toString().trim().toLowerCase(Locale.ROOT);
            if (header.isEmpty()) {
                break;
            }
            if (header.startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring("content-length:".length()).trim());
            }
            line.setLength(0);
        }
        byte[] body = in.readNBytes(length);
        Answer answer = answers.get(asked.getAndIncrement() % answers.size());
        if (answer.accepts) {
            accepted.add(Json.MAPPER.readTree(body));
        }
        if (answer == Answer.SAYS_NOTHING) {
            silent.add(socket);
            return;
        }
        OutputStream out = socket.getOutputStream();
        byte[] text = answer.text.getBytes(StandardCharsets.ISO_8859_1);
        if (answer == Answer.SLOWLY) {
            for (byte each : text) {
                out.write(each);
                out.flush();
                Thread.sleep(PAUSE_MS);
            }
        } else {
            out.write(text);
        }
        if (answer == Answer.WITHOUT_END) {
            silent.add(socket);
        } else {
            socket.close();
        }
    }
}
