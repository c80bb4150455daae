package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.AlertingMetrics;
import dev.weir.analytics.job.AnalyticsMain;
import dev.weir.common.config.ConfigLoader;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.netflow.NetflowCollector;
import dev.weir.standalone.command.ProcessConfig;
import dev.weir.standalone.command.Weir;
import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.container.entrypoint.StandaloneApplicationClusterConfigurationParserFactory;
import org.apache.flink.runtime.entrypoint.EntrypointClusterConfiguration;
import org.apache.flink.runtime.entrypoint.parser.CommandLineParser;
import org.apache.flink.runtime.entrypoint.parser.ParserResultFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the compose file against the real processes, since no container engine runs in the tests. */
class ComposeTest {
    @TempDir
    Path folder;

    private static final Path ROOT = ComposeFile.ROOT;
    /** Names of Weir's own metrics; those of Flink have a longer prefix and do not match. */
    static final Pattern METRIC = Pattern.compile("(?<![a-z_])weir_[a-z_]+");

    private static final Set<String> NON_ROOT_BY_DOCKERFILE =
            Set.of("weir-ingest:0.1.0", "weir-alerting:0.1.0", "weir-flink:0.1.0");

    private static final List<String> DOCKERFILES =
            List.of("ingest.Dockerfile", "alerting.Dockerfile", "flink.Dockerfile");

    private final ComposeFile compose = new ComposeFile();

    @Test
    void everyServiceIsPinnedHealthyAndNotRoot() {
        assertThat(compose.has("version")).isFalse();
        compose.services().forEach((name, service) -> {
            String image = service.path("image").asText();
            assertThat(image).as(name).matches(".+:.*[0-9]+\\.[0-9]+.*").doesNotContain("latest");
            boolean nonRoot = NON_ROOT_BY_DOCKERFILE.contains(image)
                    || (service.has("user") && !service.path("user").asText().equals("root"));
            assertThat(nonRoot).as(name + " runs as root").isTrue();
            boolean endsByItself = service.path("command").path(0).asText().equals("topics");
            assertThat(service.has("healthcheck") || endsByItself).as(name).isTrue();
            assertThat(service.path("restart").asText())
                    .as(name)
                    .isEqualTo(endsByItself ? "on-failure" : "unless-stopped");
        });
    }

    @Test
    void dockerfilesInstallAsRootAndEndAsUser() throws IOException {
        for (String file : DOCKERFILES) {
            String user = file.startsWith("flink") ? "flink" : "root";
            for (String line : Files.readAllLines(ROOT.resolve("deploy/image").resolve(file))) {
                if (line.startsWith("USER ")) {
                    user = line.substring(5);
                }
                assertThat(!line.startsWith("RUN ") || user.equals("root"))
                        .as(file + ": " + line)
                        .isTrue();
            }
            assertThat(user).as(file).isNotEqualTo("root");
        }
    }

    @Test
    void processImagesHoldWhatTheyNeedAndNoMore() throws Exception {
        for (String file : List.of("ingest.Dockerfile", "alerting.Dockerfile")) {
            List<String> classPath = ComposeFile.classPath(file);
            assertThat(classPath).as(file).anyMatch(entry -> entry.contains("kafka-clients"));
            assertThat(classPath)
                    .as(file)
                    .noneMatch(entry -> entry.matches(".*(flink-|rocksdb|kafka_2|kafka-server|scala-library).*"));
            String text = Files.readString(ROOT.resolve("deploy/image").resolve(file));
            String entry = text.substring(text.lastIndexOf(", \"") + 3, text.lastIndexOf('"'));
            assertThat(output(classPath, entry, "--version"))
                    .contains("kafka 4")
                    .doesNotContain("flink");
            String output = output(classPath, entry, "--help");
            assertThat(output).contains(file.replace(".Dockerfile", ""));
        }
    }

    @Test
    void alertingImageChecksItsConfiguration() throws Exception {
        Path config =
                Files.writeString(folder.resolve("alerting.yaml"), "alerting: {database: \"jdbc:h2:mem:checked\"}");
        String entry = "dev.weir.standalone.command.WeirAlerting";
        assertThat(output(
                        ComposeFile.classPath("alerting.Dockerfile"),
                        entry,
                        "alerting",
                        "check",
                        "--config",
                        config.toString()))
                .doesNotContain("Error");
    }

    @Test
    void buildContextHoldsOnlyWhatImagesCopy() throws IOException {
        List<String> ignore = Files.readAllLines(ROOT.resolve(".dockerignore"));
        assertThat(ignore).contains("*");
        for (String file : DOCKERFILES) {
            String text =
                    Files.readString(ROOT.resolve("deploy/image").resolve(file)).replace("\\\n", " ");
            Matcher copied = Pattern.compile("(?:deploy|analytics|ingest|alerting|standalone)/[\\w/.*-]+")
                    .matcher(text);
            while (copied.find()) {
                assertThat(ignore)
                        .anyMatch(line -> line.startsWith("!") && copied.group().startsWith(line.substring(1)));
            }
        }
    }

    @Test
    void jobArgumentsPassFlinksParserUnchanged() throws Exception {
        List<String> command = compose.command("jobmanager");
        List<String> arguments = new ArrayList<>(List.of("--configDir", "/opt/flink/conf"));
        arguments.addAll(command.subList(1, command.size()));
        ParserResultFactory<? extends EntrypointClusterConfiguration> factory =
                new StandaloneApplicationClusterConfigurationParserFactory();
        EntrypointClusterConfiguration parsed =
                new CommandLineParser<>(factory).parse(arguments.toArray(String[]::new));
        assertThat(parsed.getConfigDir()).isEqualTo("/opt/flink/conf");
        assertThat(parsed.getArgs()).containsExactly("--config", "/etc/weir/analytics.yaml");
        assertThat(compose.mounts("jobmanager")).containsKey("/etc/weir/analytics.yaml");
    }

    @Test
    void kafkaKeepsItsDataInANamedVolume(@TempDir Path folder) throws Exception {
        Path written = new KafkaImage(folder).setUp(compose.environment("kafka"), "/var/lib/kafka", folder);
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(written)) {
            properties.load(in);
        }
        String logDirs = properties.getProperty("log.dirs").replace(folder.toString(), "/var/lib/kafka");
        assertNamedVolume("kafka", logDirs);
    }

    @Test
    void persistentDataIsInNamedVolumes() throws Exception {
        for (String service : List.of("jobmanager", "taskmanager")) {
            Map<String, String> flink = compose.flinkProperties(service);
            assertNamedVolume(
                    service,
                    URI.create(flink.get("execution.checkpointing.dir")).getPath());
            assertNamedVolume(
                    service,
                    URI.create(flink.get("execution.checkpointing.savepoint-dir"))
                            .getPath());
        }
        assertThat(compose.flinkProperties("jobmanager").get("execution.checkpointing.savepoint-dir"))
                .as("savepoints are found by the next start")
                .startsWith(compose.flinkProperties("jobmanager").get("execution.checkpointing.dir") + "/");
        assertNamedVolume(
                "ingest",
                ConfigLoader.load(file("ingest"), ProcessConfig.OfIngest.class, Map.of())
                        .ingest()
                        .spool()
                        .path());
        assertNamedVolume(
                "alerting",
                ConfigLoader.load(file("alerting"), ProcessConfig.OfAlerting.class, Map.of())
                        .alerting()
                        .database()
                        .replaceFirst("^jdbc:h2:file:", ""));
        // The folders that the images' default commands name: --storage.tsdb.path, --storage.path, GF_PATHS_DATA.
        assertNamedVolume("prometheus", "/prometheus");
        assertNamedVolume("alertmanager", "/alertmanager");
        assertNamedVolume("grafana", "/var/lib/grafana");
    }

    @Test
    void conditionsOfDependenciesCanBeMet() {
        compose.services().forEach((name, service) -> service.path("depends_on")
                .properties()
                .forEach(dependency -> {
                    JsonNode other = compose.services().get(dependency.getKey());
                    assertThat(other)
                            .as(name + " waits for " + dependency.getKey())
                            .isNotNull();
                    String condition = dependency.getValue().path("condition").asText();
                    assertThat(condition).isIn("service_healthy", "service_started", "service_completed_successfully");
                    if (!condition.equals("service_started")) {
                        assertThat(other.has("healthcheck")).isEqualTo(condition.equals("service_healthy"));
                    }
                    assertThat(other.path("depends_on").has(name)).isFalse();
                }));
    }

    @Test
    void commandsAndTheirFilesAreReal() throws Exception {
        for (String name : List.of("topics", "ingest", "alerting")) {
            String[] arguments = compose.command(name).toArray(String[]::new);
            assertThat(Weir.commandLine().parseArgs(arguments).hasSubcommand()).isTrue();
        }
        List<String> job = compose.command("jobmanager");
        assertThat(job).startsWith("standalone-job", "--job-classname");
        assertThat(Class.forName(job.get(2)).getMethod("main", String[].class)).isNotNull();
        ProcessConfig.OfIngest ingest = ConfigLoader.load(file("ingest"), ProcessConfig.OfIngest.class, Map.of());
        assertThat(ingest.kafka().bootstrapServers()).isEqualTo("kafka:9092");
        ProcessConfig.OfAlerting alerting = ConfigLoader.load(
                file("alerting"), ProcessConfig.OfAlerting.class, withoutValues(compose.environment("alerting")));
        assertThat(alerting.alerting().database()).startsWith("jdbc:h2:file:/var/lib/weir/");
        assertThat(ConfigLoader.load(file("analytics"), AnalyticsMain.Settings.class, Map.of())
                        .analytics()
                        .parallelism())
                .isEqualTo(2);
        assertThat(ComposeFile.texts(compose.service("ingest").path("ports")))
                .contains("2055:"
                        + ingest.ingest().collectors().of(NetflowCollector.TYPE).port() + "/udp");
        assertThat(ComposeFile.texts(compose.service("alerting").path("ports")))
                .contains("127.0.0.1:8080:" + alerting.alerting().http().port());
        String targets = Files.readString(ROOT.resolve("deploy/prometheus/prometheus.yml"));
        assertThat(targets)
                .contains(
                        "ingest:" + ingest.metricsPort(),
                        "alerting:" + alerting.alerting().http().port());
    }

    @Test
    void mountedFilesExistAndVolumesAreDeclared() {
        compose.services().forEach((name, service) -> ComposeFile.texts(service.path("volumes"))
                .forEach(volume -> {
                    String source = volume.substring(0, volume.indexOf(':'));
                    if (source.startsWith("./")) {
                        assertThat(ROOT.resolve(source)).as(name).exists();
                    } else {
                        assertThat(compose.declaresVolume(source)).as(source).isTrue();
                    }
                }));
    }

    @Test
    void dashboardAndRulesAskForMetricsThatThereAre() throws IOException {
        Set<String> known = metrics();
        List<Path> files = new ArrayList<>(List.of(ROOT.resolve("deploy/prometheus/rules.yml")));
        for (String name : List.of("overview", "policy", "detectors", "pipeline")) {
            files.add(ROOT.resolve("deploy/grafana/dashboards/weir-" + name + ".json"));
        }
        for (Path file : files) {
            Matcher used = METRIC.matcher(Files.readString(file));
            int count = 0;
            while (used.find()) {
                assertThat(known).contains(used.group().replaceFirst("_bucket$", ""));
                count++;
            }
            assertThat(count).isPositive();
        }
    }

    /** Every sample that the processes export. */
    static Set<String> metrics() {
        CollectorRegistry registry = new CollectorRegistry();
        new IngestMetrics(registry);
        new AlertingMetrics(registry);
        new JobLimits(Map::of, registry).close();
        Set<String> names = new TreeSet<>();
        for (Collector.MetricFamilySamples family : Collections.list(registry.metricFamilySamples())) {
            names.add(family.type == Collector.Type.COUNTER ? family.name + "_total" : family.name);
        }
        return names;
    }

    private static String output(List<String> classPath, String entry, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(":", classPath),
                entry));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private void assertNamedVolume(String service, String path) {
        assertThat(compose.mounts(service).entrySet())
                .as(path + " of " + service)
                .anyMatch(mount ->
                        (path + "/").startsWith(mount.getKey() + "/") && compose.declaresVolume(mount.getValue()));
    }

    /** The variables that a service sets, each empty as when the shell has no value for it. */
    private static Map<String, String> withoutValues(Map<String, String> environment) {
        Map<String, String> empty = new TreeMap<>(environment);
        empty.replaceAll((name, value) -> "");
        return empty;
    }

    private static Path file(String name) {
        return ROOT.resolve("deploy/compose").resolve(name + ".yaml");
    }
}
