package dev.weir.standalone.startup;

import com.sun.net.httpserver.HttpServer;
import dev.weir.standalone.command.Weir;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;

/** Runs the commands whose classes go into a class-data archive. */
final class TrainingRun {
    /** The answer of the API to any list; the client reads the names that it knows. */
    private static final byte[] ANSWER =
            "{\"alerts\":[],\"incidents\":[],\"total\":0}".getBytes(StandardCharsets.UTF_8);

    private TrainingRun() {}

    /**
     * Runs the commands of a class path.
     *
     * @param args the name of the class path, and an empty folder
     */
    public static void main(String[] args) throws IOException {
        Path shop = Path.of(args[1], "shop");
        run("demo", "--save", shop.toString());
        switch (args[0]) {
            case ClassPaths.CLIENT -> client(shop);
            case ClassPaths.OFFLINE ->
                run("analyze", shop.resolve("flows.ndjson.gz").toString(), "--manifests", shop.toString());
            default -> run("demo", "--for", "12s", "--port", "0");
        }
        // Threads of Flink and Kafka would keep the process alive.
        System.exit(0);
    }

    private static void client(Path shop) throws IOException {
        String manifests = shop.resolve("manifests").toString();
        String policies = shop.resolve("policies").toString();
        String flows = shop.resolve("flows.ndjson.gz").toString();
        run("version");
        run("policy", "check", manifests, policies);
        run(
                "policy",
                "explain",
                manifests,
                policies,
                "--from=shop/frontend",
                "--to=payments/card-vault",
                "--port=8443");
        run("policy", "simulate", "--current=" + manifests, "--proposed=" + policies, "--flows=" + flows);
        run("policy", "recommend", "--manifests=" + manifests, "--flows=" + flows);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, ANSWER.length);
            exchange.getResponseBody().write(ANSWER);
            exchange.close();
        });
        server.start();
        String url = "--url=http://127.0.0.1:" + server.getAddress().getPort();
        for (List<String> list : List.of(List.of("alerts", "list"), List.of("incidents", "list"))) {
            run(list.get(0), list.get(1), url);
            run(list.get(0), list.get(1), url, "-o", "json");
        }
        server.stop(0);
    }

    /** Runs a command; its answer does not matter, only the classes that it needs. */
    private static void run(String... arguments) {
        CommandLine line = Weir.commandLineOf(arguments);
        line.setOut(new PrintWriter(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
        int code = line.execute(arguments);
        System.out.println(String.join(" ", arguments) + ": " + code);
    }
}
