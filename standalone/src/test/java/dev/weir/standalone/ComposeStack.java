package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.codec.Json;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the services of the compose file as processes, each in a network namespace where the names of the compose file
 * resolve. Commands, settings and class paths are those of the compose file and its images; volumes and mounted files
 * stand in a folder. Alerting runs twice, on a PostgreSQL of this JVM, as in {@code deploy/compose/postgres.yml}.
 */
final class ComposeStack implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    /** The folder of plug-ins: as in the image, the metrics reporter has a class loader of its own. */
    private static final Path PLUGINS = Path.of("target/flink-plugins").toAbsolutePath();

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    /** The packages that the image's {@code config.yaml} opens for Flink ({@code env.java.opts.all}). */
    private static final List<String> OPENED = Stream.of(
                    "java.lang",
                    "java.net",
                    "java.io",
                    "java.nio",
                    "sun.nio.ch",
                    "java.lang.reflect",
                    "java.text",
                    "java.time",
                    "java.util",
                    "java.util.concurrent",
                    "java.util.concurrent.atomic",
                    "java.util.concurrent.locks")
            .map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED")
            .toList();

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    /** The service of the compose file that each process runs. */
    private static final Map<String, String> SERVICES = services();

    private final ComposeNetwork network;
    private final Path folder;
    private final ComposeFile compose = new ComposeFile();
    private final Map<String, Process> processes = new LinkedHashMap<>();
    private final FakeSlack slack;
    private final EmbeddedPostgres postgres;
    private final List<String> flinkLibraries = new ArrayList<>();
    private final Map<String, String> analytics = new HashMap<>();

    ComposeStack(Path folder, Map<String, String> analyticsEnvironment) throws Exception {
        this.folder = folder;
        analytics.putAll(analyticsEnvironment);
        network = new ComposeNetwork(SERVICES, folder);
        try {
            install();
            slack = new FakeSlack(ComposeNetwork.HOST);
            postgres = postgres();
        } catch (Exception | Error e) {
            network.close();
            throw e;
        }
    }

    /** Starts every service in the order in which the compose file has them wait for each other. */
    void start() throws Exception {
        start("kafka");
        await().atMost(PATIENCE).until(() -> connects("kafka", 9092));
        assertThat(launch("topics").waitFor()).as(() -> log("topics")).isZero();
        for (String name : SERVICES.keySet()) {
            if (!processes.containsKey(name)) {
                start(name);
            }
        }
        awaitHealthy();
    }

    void awaitHealthy() {
        await("jobmanager").atMost(PATIENCE).until(() -> running("jobmanager") && healthy("jobmanager"));
        for (String alerting : List.of("alerting-1", "alerting-2")) {
            await(alerting).atMost(PATIENCE).until(() -> running(alerting) && connects(alerting, 8080));
        }
        await("ingest").atMost(PATIENCE).until(() -> running("ingest") && connects("ingest", 8088));
    }

    /** The processes in the order in which they start. */
    List<String> names() {
        return List.copyOf(SERVICES.keySet());
    }

    void start(String name) throws Exception {
        processes.put(name, launch(name));
    }

    /** Sends SIGKILL. */
    void kill(String name) throws InterruptedException {
        processes.get(name).destroyForcibly().waitFor();
    }

    /** Sends SIGTERM, as {@code docker compose stop} does. */
    void stop(String name) throws InterruptedException {
        Process process = processes.get(name);
        process.destroy();
        process.waitFor();
    }

    boolean alive(String name) {
        return processes.get(name).isAlive();
    }

    void setAnalytics(String variable, String value) {
        analytics.put(variable, value);
    }

    Path jobJars() {
        return folder.resolve("flink/usrlib");
    }

    Path manifests() {
        return folder.resolve("mounts/ingest/manifests");
    }

    FakeSlack slack() {
        return slack;
    }

    /** Posts flows, once more where no connection was made, as agents do. */
    void post(byte[] lines) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + network.address("ingest") + ":8088/v1/flows"))
                .header("Authorization", "Bearer " + TOKEN)
                .POST(HttpRequest.BodyPublishers.ofByteArray(lines))
                .build();
        HttpResponse<String> answer = await("a connection to ingest")
                .atMost(PATIENCE)
                .until(() -> running("ingest") ? answer(request) : null, Objects::nonNull);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    /** The answer; null if no connection was made, so that nothing was sent. */
    private static @Nullable HttpResponse<String> answer(HttpRequest request) throws Exception {
        try {
            return clientOfOne().send(request, HttpResponse.BodyHandlers.ofString());
        } catch (ConnectException e) {
            return null;
        }
    }

    /** A JSON document of the API, from the first alerting process that answers. */
    JsonNode api(String path) throws Exception {
        for (String name : List.of("alerting-1", "alerting-2")) {
            if (alive(name) && connects(name, 8080)) {
                return Json.MAPPER.readTree(get("http://" + network.address(name) + ":8080" + path));
            }
        }
        throw new IOException("no alerting answers");
    }

    /** A JSON document of Flink's REST API. */
    JsonNode flink(String path) throws Exception {
        return Json.MAPPER.readTree(get("http://" + network.address("jobmanager") + ":8081" + path));
    }

    JsonNode postToFlink(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + network.address("jobmanager") + ":8081" + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return Json.MAPPER.readTree(clientOfOne()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body());
    }

    /** The metrics page of a process, as Prometheus scrapes it. */
    String metrics(String name, int port) throws Exception {
        return get("http://" + network.address(name) + ":" + port + "/metrics");
    }

    /** Runs the compose file's health check of the JobManager. */
    boolean healthy(String name) throws Exception {
        String script = ComposeFile.ROOT
                .resolve("deploy/image/job-is-running")
                .toAbsolutePath()
                .toString();
        return new ProcessBuilder("ip", "netns", "exec", network.namespace(name), script)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    String log(String name) {
        try {
            return Files.readString(folder.resolve(name + ".log"));
        } catch (IOException e) {
            return "no log: " + e.getMessage();
        }
    }

    @Override
    public void close() throws Exception {
        processes.values().forEach(Process::destroyForcibly);
        for (Process process : processes.values()) {
            process.waitFor();
        }
        slack.close();
        postgres.close();
        network.close();
    }

    private Process launch(String name) throws Exception {
        String service = SERVICES.getOrDefault(name, name);
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", network.namespace(name), JAVA));
        command.addAll(
                switch (service) {
                    case "kafka" -> kafka();
                    case "jobmanager" -> jobManager();
                    case "taskmanager" -> taskManager();
                    case "ingest", "topics" -> weir("ingest.Dockerfile", service);
                    default -> weir("alerting.Dockerfile", service);
                });
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(name + ".log").toFile()));
        builder.environment().keySet().removeIf(variable -> variable.startsWith("WEIR_"));
        builder.environment().put("FLINK_LIB_DIR", folder.resolve("flink/lib").toString());
        builder.environment().put("FLINK_PLUGINS_DIR", PLUGINS.toString());
        if (service.equals("jobmanager")) {
            builder.environment().putAll(analytics);
        }
        if (service.equals("alerting")) {
            for (Map.Entry<String, String> each : new ComposeFile("deploy/compose/postgres.yml")
                    .environment("alerting")
                    .entrySet()) {
                String value = each.getValue()
                        .replace("//postgres/", "//postgres:" + postgres.getPort() + "/")
                        .replace("/run/secrets/pgpass", folder.resolve("pgpass").toString());
                builder.environment().put(each.getKey(), value);
            }
            builder.environment().put("WEIR_ALERTING_SLACK_WEBHOOK_URL", slack.url());
            builder.environment().put("WEIR_ALERTING_PRIVATE_TARGETS", "true");
        }
        return builder.start();
    }

    private List<String> kafka() throws Exception {
        Path data = folder.resolve("volumes/kafka");
        Path properties = new KafkaImage(folder)
                .setUp(compose.environment("kafka"), "/var/lib/kafka/data", Files.createDirectories(data));
        return List.of("-Xmx512m", "-cp", System.getProperty("java.class.path"), "kafka.Kafka", properties.toString());
    }

    private List<String> jobManager() throws Exception {
        List<String> command = new ArrayList<>(OPENED);
        command.addAll(List.of("-Xmx700m", "-cp", libraries()));
        command.add("-Dlogback.configurationFile=" + folder.resolve("flink/logback.xml"));
        command.add("org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint");
        command.addAll(List.of("--configDir", flinkConfiguration("jobmanager").toString()));
        List<String> arguments = compose.command("jobmanager");
        arguments.subList(1, arguments.size()).forEach(each -> command.add(onHost("jobmanager", each)));
        return command;
    }

    /**
     * The command of a task manager, with the memory settings that Flink's start script computes by the same program.
     */
    private List<String> taskManager() throws Exception {
        String configuration = flinkConfiguration("taskmanager").toString();
        String said = RequiredPrograms.run(
                JAVA,
                "-cp",
                libraries(),
                "org.apache.flink.runtime.util.bash.BashJavaUtils",
                "GET_TM_RESOURCE_PARAMS",
                "--configDir",
                configuration);
        List<String> results = said.lines()
                .filter(line -> line.startsWith("BASH_JAVA_UTILS_EXEC_RESULT:"))
                .map(line -> line.substring("BASH_JAVA_UTILS_EXEC_RESULT:".length()))
                .toList();
        assertThat(results).as(said).hasSize(2);
        List<String> command = new ArrayList<>(OPENED);
        command.addAll(Arrays.asList(results.get(0).split(" ", -1)));
        command.add("-Dlogback.configurationFile=" + folder.resolve("flink/logback.xml"));
        command.addAll(List.of("-cp", libraries(), "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"));
        command.addAll(List.of("--configDir", configuration));
        command.addAll(Arrays.asList(results.get(1).split(" ", -1)));
        return command;
    }

    private String libraries() {
        return String.join(File.pathSeparator, flinkLibraries);
    }

    private List<String> weir(String dockerfile, String service) throws IOException {
        String entry = Files.readString(ComposeFile.ROOT.resolve("deploy/image").resolve(dockerfile));
        List<String> command = new ArrayList<>(List.of("-Xmx512m", "-cp"));
        command.add(String.join(":", ComposeFile.classPath(dockerfile)));
        command.add(entry.substring(entry.lastIndexOf(", \"") + 3, entry.lastIndexOf('"')));
        compose.command(service).forEach(each -> command.add(onHost(service, each)));
        return command;
    }

    /** {@code config.yaml} as the image's entry point writes it. */
    private Path flinkConfiguration(String service) throws IOException {
        Path configuration = Files.createDirectories(folder.resolve("flink/conf-" + service));
        StringBuilder yaml = new StringBuilder("""
                jobmanager.bind-host: 0.0.0.0
                taskmanager.bind-host: 0.0.0.0
                rest.bind-address: 0.0.0.0
                blob.server.port: 6124
                jobmanager.memory.process.size: 1200m
                taskmanager.memory.process.size: 1400m
                """);
        compose.flinkProperties(service).forEach((key, value) -> yaml.append(key)
                .append(": ")
                .append(onHost(service, value))
                .append('\n'));
        Files.writeString(configuration.resolve("config.yaml"), yaml.toString());
        return configuration;
    }

    /** A text with the container's paths replaced by those that the mounts have here. */
    private String onHost(String service, String text) {
        String replaced =
                text.replace("/run/secrets/weir-token", folder.resolve("token").toString());
        for (Map.Entry<String, String> mount : compose.mounts(service).entrySet()) {
            String here = mount.getValue().startsWith("./")
                    ? folder.resolve("mounts")
                            .resolve(service)
                            .resolve(fileName(mount.getValue()))
                            .toString()
                    : folder.resolve("volumes").resolve(mount.getValue()).toString();
            replaced = replaced.replace(mount.getKey(), here);
        }
        return replaced;
    }

    private void install() throws Exception {
        Files.writeString(folder.resolve("token"), TOKEN);
        for (String service : List.of("jobmanager", "ingest", "alerting")) {
            Path mounts = Files.createDirectories(folder.resolve("mounts").resolve(service));
            for (String source : compose.mounts(service).values()) {
                Path from = ComposeFile.ROOT.resolve(source);
                if (source.startsWith("./") && Files.isRegularFile(from)) {
                    Files.writeString(mounts.resolve(fileName(source)), onHost(service, Files.readString(from)));
                } else if (source.startsWith("./")) {
                    Files.createDirectories(mounts.resolve(fileName(source)));
                }
            }
        }
        Files.createDirectories(folder.resolve("flink/lib"));
        Path user = Files.createDirectories(folder.resolve("flink/usrlib"));
        List<String> jobNames = new ArrayList<>();
        for (String jar : ComposeFile.classPath("flink.Dockerfile")) {
            jobNames.add(fileName(jar));
            Files.copy(Path.of(jar), user.resolve(fileName(jar)));
        }
        // Flink's own libraries: what stands on this class path and is neither the job's nor Kafka's nor Weir's.
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            String name = fileName(entry);
            if (name.endsWith(".jar")
                    && !jobNames.contains(name)
                    && !name.matches("(kafka|weir|junit|javalin|jetty).*")) {
                flinkLibraries.add(entry);
            }
        }
        Files.writeString(folder.resolve("flink/logback.xml"), """
                <configuration>
                  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{0} %msg%n%ex{3}</pattern></encoder>
                  </appender>
                  <root level="INFO"><appender-ref ref="OUT"/></root>
                </configuration>
                """);
    }

    private EmbeddedPostgres postgres() throws IOException, SQLException {
        Path data = folder.resolve("postgres");
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setServerConfig("listen_addresses", "localhost," + ComposeNetwork.HOST)
                .start();
        Path access = data.resolve("pg_hba.conf");
        Files.writeString(
                access, Files.readString(access) + "\nhost all all " + ComposeNetwork.SUBNET + "0/24 scram-sha-256\n");
        Files.writeString(folder.resolve("pgpass"), "postgres:*:weir:weir:" + TOKEN + "\n");
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create user weir password '" + TOKEN + "'");
            statement.execute("create database weir owner weir");
            statement.execute("select pg_reload_conf()");
        }
        return server;
    }

    /** Fails at once when the process has ended. */
    private boolean running(String name) {
        assertThat(alive(name)).as(() -> name + " ended: " + log(name)).isTrue();
        return true;
    }

    private boolean connects(String name, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(network.address(name), port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String get(String url) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + TOKEN)
                .build();
        HttpResponse<byte[]> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
        String body = new String(answer.body(), StandardCharsets.UTF_8);
        if (answer.statusCode() != 200) {
            throw new IOException(url + " answers " + answer.statusCode() + ": " + body);
        }
        return body;
    }

    /**
     * A client for one request, without kept connections. A server closes an idle connection at any time, and a {@code
     * POST} that is sent at that moment fails without an answer; a client sends a {@code GET} again by itself.
     */
    private static HttpClient clientOfOne() {
        return HttpClient.newHttpClient();
    }

    private static String fileName(String path) {
        return Path.of(path).getFileName().toString();
    }

    private static Map<String, String> services() {
        Map<String, String> services = new LinkedHashMap<>();
        services.put("kafka", "kafka");
        services.put("jobmanager", "jobmanager");
        services.put("taskmanager-1", "taskmanager");
        services.put("taskmanager-2", "taskmanager");
        services.put("ingest", "ingest");
        services.put("alerting-1", "alerting");
        services.put("alerting-2", "alerting");
        return services;
    }
}
