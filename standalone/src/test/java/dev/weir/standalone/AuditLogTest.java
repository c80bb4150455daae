package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines about requests that a process writes to its own log, as it is shipped. */
class AuditLogTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    @Test
    void changesRefusalsAndDenialsEachLeaveLine() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "letmein");
        Path config = Files.writeString(folder.resolve("weir.yaml"), """
                kafka: {bootstrap_servers: "127.0.0.1:1"}
                alerting:
                  database: jdbc:h2:file:%s
                  http: {port: 0, token_file: %s}
                """.formatted(folder.resolve("weir"), token));
        try (WeirProcess weir = WeirProcess.start(folder, "alerting", "--config", config.toString())) {
            await().atMost(WeirProcess.PATIENCE).until(() -> weir.output().contains("API "));
            String suppression =
                    "{\"namespace\":\"shop\",\"detector\":\"flood\",\"reason\":\"x\"," + "\"until_ms\":4000000000000}";
            assertThat(status(weir, "GET", "/alerts", null, "")).isEqualTo(401);
            assertThat(status(weir, "POST", "/suppressions", "wrong", suppression))
                    .isEqualTo(401);
            assertThat(status(weir, "POST", "/suppressions", "letmein", suppression))
                    .isEqualTo(201);
            assertThat(status(weir, "POST", "/suppressions", "letmein", "{\"x\":\"a\\nb\"}"))
                    .isEqualTo(400);
            assertThat(status(weir, "POST", "/incidents/none/actions", "letmein", "{\"action\":\"resolve\"}"))
                    .isEqualTo(404);
            List<String> lines = weir.errors()
                    .lines()
                    .filter(line -> line.contains(" audit "))
                    .map(line -> line.replaceFirst("^\\S+ +", "").replaceAll(" +", " "))
                    .toList();
            assertThat(lines)
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .startsWith("WARN audit refused: GET /api/v1/alerts from 127.0.0.1: a token"),
                            line -> assertThat(line)
                                    .startsWith("WARN audit refused: POST /api/v1/suppressions from 127.0.0.1: "),
                            line -> assertThat(line).isEqualTo("INFO audit POST /api/v1/suppressions by admin"),
                            line -> assertThat(line)
                                    .startsWith("WARN audit rejected: POST /api/v1/suppressions by admin: "),
                            line -> assertThat(line)
                                    .startsWith("WARN audit rejected: POST /api/v1/incidents/none/actions by admin: "));
            assertThat(weir.errors()).doesNotContain("letmein");
        }
    }

    private static int status(WeirProcess weir, String method, String path, String token, String body)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + weir.address() + "/api/v1" + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
