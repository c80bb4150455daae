package dev.weir.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.weir.model.codec.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A webhook endpoint that keeps every message posted to it. */
final class FakeSlack implements AutoCloseable {
    private final HttpServer server;
    private final AtomicInteger asked = new AtomicInteger();
    private final List<JsonNode> messages = new CopyOnWriteArrayList<>();

    /** Starts an endpoint that accepts every message at once. */
    FakeSlack() throws IOException {
        this(List.of(200));
    }

    /**
     * Starts an endpoint with scripted answers.
     *
     * @param answers status codes in turn; 0 hangs up
     */
    FakeSlack(List<Integer> answers) throws IOException {
        this(InetAddress.getLoopbackAddress(), answers);
    }

    /** Starts an endpoint on another address of this machine, for processes in network namespaces. */
    FakeSlack(String address) throws IOException {
        this(InetAddress.getByName(address), List.of(200));
    }

    private FakeSlack(InetAddress address, List<Integer> answers) throws IOException {
        server = HttpServer.create(new InetSocketAddress(address, 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            int answer = answers.get(asked.getAndIncrement() % answers.size());
            if (answer == 200) {
                messages.add(Json.MAPPER.readTree(body));
            }
            if (answer == 429) {
                exchange.getResponseHeaders().add("Retry-After", "1");
            }
            if (answer != 0) {
                exchange.sendResponseHeaders(answer, -1);
            }
            exchange.close();
        });
        server.start();
    }

    String url() {
        return "http://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort() + "/services/T/B/secret";
    }

    List<JsonNode> messages() {
        return messages;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
