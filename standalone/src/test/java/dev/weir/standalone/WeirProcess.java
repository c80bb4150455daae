package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.config.KafkaConfig;
import dev.weir.model.codec.Json;
import dev.weir.standalone.command.Weir;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs {@code weir} as a process of its own, with its output in files. */
public final class WeirProcess implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** The state of a socket that listens, in {@code /proc/net/tcp}. */
    private static final String LISTENING = "0A";
    /** 127.0.0.0/8, alone or within IPv6, or ::1; each word has its bytes in the order of the machine. */
    private static final Pattern LOOPBACK =
            Pattern.compile("((0{16}FFFF0000)?[0-9A-F]{6}7F|0{24}01000000):[0-9A-F]{4}");

    private final Process process;
    private final Path out;
    private final Path err;

    private WeirProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    public static WeirProcess start(Path folder, String... arguments) throws IOException {
        return start(folder, Map.of(), arguments);
    }

    static WeirProcess start(Path folder, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx768m",
                "-cp",
                System.getProperty("java.class.path"),
                Weir.class.getName()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("WEIR_"));
        builder.environment().putAll(environment);
        return new WeirProcess(builder.start(), out, err);
    }

    /** Waits for {@code weir up} to be ready. */
    WeirProcess awaitReady() {
        await().atMost(PATIENCE).until(() -> {
            assertThat(process.isAlive()).as(() -> "it ended: " + errors()).isTrue();
            return output().contains("\nready");
        });
        return this;
    }

    /** Waits for it to end and returns its exit code. */
    public int exitCode() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as(this::errors)
                .isTrue();
        return process.exitValue();
    }

    public String output() {
        return read(out);
    }

    public String errors() {
        return read(err);
    }

    /** Sends SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Sends SIGTERM, and returns the exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        return exitCode();
    }

    /** All alerts of the API, by id. */
    Map<String, JsonNode> alerts() throws IOException, InterruptedException {
        Map<String, JsonNode> alerts = new TreeMap<>();
        for (JsonNode alert : get("/api/v1/alerts?limit=1000").path("alerts")) {
            alerts.put(alert.path("id").asText(), alert);
        }
        return alerts;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return Json.MAPPER.readTree(text(path));
    }

    String text(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base() + path)).build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    /**
     * Returns the TCP addresses at which the process listens and that other machines can reach, as Linux writes them in
     * {@code /proc/net/tcp}.
     */
    List<String> addressesOpenToOthers() throws IOException {
        Set<String> inodes = new HashSet<>();
        try (Stream<Path> files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            for (Path file : files.toList()) {
                if (Files.isSymbolicLink(file)) {
                    inodes.add(Files.readSymbolicLink(file).toString());
                }
            }
        }
        List<String> open = new ArrayList<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] columns = line.strip().split(" +");
                boolean isOwn = columns[3].equals(LISTENING) && inodes.contains("socket:[" + columns[9] + "]");
                if (isOwn && !LOOPBACK.matcher(columns[1]).matches()) {
                    open.add(columns[1]);
                }
            }
        }
        return open;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Returns the port at which the process accepts flows by {@code POST}, from its log. */
    int httpPort() {
        return port(errors(), "listening for POST /v1/flows on TCP \\S+:(\\d+)");
    }

    /** Returns the port of the process's metrics. */
    int metricsPort() {
        return port(output(), "metrics on port (\\d+)");
    }

    /** Returns the embedded broker of {@code weir up}. */
    KafkaConfig kafka() {
        String line = output().lines()
                .filter(each -> each.startsWith("Kafka "))
                .findFirst()
                .orElseThrow();
        return new KafkaConfig(line.substring("Kafka ".length()).trim(), Map.of());
    }

    private static int port(String text, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        assertThat(found.find()).as(() -> pattern + " in " + text).isTrue();
        return Integer.parseInt(found.group(1));
    }

    /** Host and port of the API. */
    String address() {
        return base().replaceFirst("^http://", "");
    }

    private String base() {
        String line = output().lines()
                .filter(each -> each.startsWith("API "))
                .findFirst()
                .orElseThrow();
        String url = line.substring(4).trim();
        return url.substring(0, url.indexOf("/api/"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
