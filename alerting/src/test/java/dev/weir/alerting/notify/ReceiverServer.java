package dev.weir.alerting.notify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weir.model.codec.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server in place of a receiver's, on a free port of the loopback address. It keeps the requests that it
 * answers, one at a time, and answers 202 unless a test scripts other answers.
 */
public final class ReceiverServer implements AutoCloseable {
    private static final int ACCEPTED = 202;

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Deque<Answer> next = new ConcurrentLinkedDeque<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Function<Request, Answer> usual = request -> Answer.status(ACCEPTED);

    /** A request with its body as UTF-8. */
    public record Request(String method, String path, Headers headers, String body) {
        /** The first value of a header; null if the request has none of that name. */
        public @Nullable String header(String name) {
            return headers.getFirst(name);
        }

        public JsonNode json() {
            try {
                return Json.MAPPER.readTree(body);
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * An answer without a body.
     *
     * @param status the HTTP status; 0 ends the connection without an answer, and the request is not kept
     * @param delay time between the request and the answer
     */
    public record Answer(int status, Map<String, String> headers, Duration delay) {
        /** The end of the connection without an answer. */
        public static final Answer HANG_UP = status(0);

        public static Answer status(int status) {
            return new Answer(status, Map.of(), Duration.ZERO);
        }

        /** Returns the same answer with one more header. */
        public Answer with(String header, String value) {
            Map<String, String> all = new HashMap<>(headers);
            all.put(header, value);
            return new Answer(status, all, delay);
        }

        /** Returns the same answer with the header {@code Retry-After}. */
        public Answer retryAfter(Duration pause) {
            return with("Retry-After", Long.toString(pause.toSeconds()));
        }

        /** Returns the same answer after a delay. */
        public Answer after(Duration otherDelay) {
            return new Answer(status, headers, otherDelay);
        }
    }

    /** Starts a server. */
    public ReceiverServer() throws IOException {
        server.createContext("/", this::handle);
        server.start();
    }

    /** The URL of the server without a path. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Scripts the answers to the next requests, in order. */
    public void answerNext(Answer... answers) {
        next.addAll(List.of(answers));
    }

    /** Sets the answer to requests that no scripted answer is left for. */
    public void answerOthers(Function<Request, Answer> answer) {
        usual = answer;
    }

    /** The requests that were answered, in order. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** The latest request that was answered. */
    public Request last() {
        return requests.get(requests.size() - 1);
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestHeaders(),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            Answer answer = Optional.ofNullable(next.poll()).orElseGet(() -> usual.apply(request));
            if (answer.status() == 0) {
                return;
            }
            requests.add(request);
            boolean unusedClosed = closing.await(answer.delay().toMillis(), TimeUnit.MILLISECONDS);
            answer.headers().forEach(exchange.getResponseHeaders()::add);
            exchange.sendResponseHeaders(answer.status(), -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
