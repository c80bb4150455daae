package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.weir.alerting.AlertingMetrics;
import dev.weir.analytics.job.AnalyticsMain;
import dev.weir.ingest.IngestMetrics;
import dev.weir.model.config.ConfigLoader;
import dev.weir.standalone.command.ProcessConfig;
import dev.weir.standalone.command.Weir;
import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The compose file held against what its processes really are, since no container engine runs in the tests. */
class ComposeTest {
    private static final Path ROOT = Path.of("..");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    /** What Flink counts has a longer name, and is none of these. */
    static final Pattern METRIC = Pattern.compile("(?<![a-z_])weir_[a-z_]+");

    private static final Set<String> NON_ROOT_BY_DOCKERFILE = Set.of("weir:0.1.0", "weir-flink:0.1.0");

    private final JsonNode compose = yaml(ROOT.resolve("docker-compose.yml"));

    @Test
    void everyServiceIsPinnedHealthyAndNotRoot() {
        assertThat(compose.has("version")).isFalse();
        services().forEach((name, service) -> {
            String image = service.path("image").asText();
            assertThat(image).as(name).matches(".+:.*[0-9]+\\.[0-9]+.*").doesNotContain("latest");
            boolean nonRoot = NON_ROOT_BY_DOCKERFILE.contains(image)
                    || (service.has("user") && !service.path("user").asText().equals("root"));
            assertThat(nonRoot).as(name + " runs as root").isTrue();
            boolean endsByItself = service.path("command").path(0).asText().equals("topics");
            assertThat(service.has("healthcheck") || endsByItself).as(name).isTrue();
        });
    }

    @Test
    void dockerfilesEndAsAnOrdinaryUserAndCopyWhatTheBuildMakes() throws IOException {
        for (String file : List.of("weir.Dockerfile", "flink.Dockerfile")) {
            List<String> lines = Files.readAllLines(ROOT.resolve("deploy/image").resolve(file));
            assertThat(lines).anyMatch(line -> line.startsWith("USER ") && !line.equals("USER root"));
        }
        assertThat(Files.readString(ROOT.resolve("standalone/pom.xml"))).contains("/app/lib");
        assertThat(Files.readString(ROOT.resolve("analytics/pom.xml"))).contains("/job</outputDirectory>");
        assertThat(Files.readString(ROOT.resolve("deploy/image/weir.Dockerfile")))
                .contains(Weir.class.getName());
    }

    @Test
    void whatAServiceWaitsForCanComeTrue() {
        services().forEach((name, service) -> service.path("depends_on")
                .properties()
                .forEach(dependency -> {
                    JsonNode other = services().get(dependency.getKey());
                    assertThat(other)
                            .as(name + " waits for " + dependency.getKey())
                            .isNotNull();
                    String condition = dependency.getValue().path("condition").asText();
                    assertThat(condition).isIn("service_healthy", "service_completed_successfully");
                    assertThat(other.has("healthcheck")).isEqualTo(condition.equals("service_healthy"));
                }));
    }

    @Test
    void commandsAndTheirFilesAreReal() throws Exception {
        for (String name : List.of("topics", "ingest", "alerting")) {
            String[] arguments = texts(service(name).path("command")).toArray(String[]::new);
            assertThat(Weir.commandLine().parseArgs(arguments).hasSubcommand()).isTrue();
        }
        List<String> job = texts(service("jobmanager").path("command"));
        assertThat(job).startsWith("standalone-job", "--job-classname");
        assertThat(Class.forName(job.get(2)).getMethod("main", String[].class)).isNotNull();
        ProcessConfig.OfIngest ingest = ConfigLoader.load(file("ingest"), ProcessConfig.OfIngest.class, Map.of());
        assertThat(ingest.kafka().bootstrapServers()).isEqualTo("kafka:9092");
        ProcessConfig.OfAlerting alerting =
                ConfigLoader.load(file("alerting"), ProcessConfig.OfAlerting.class, environment("alerting"));
        assertThat(alerting.alerting().database()).startsWith("jdbc:h2:file:/var/lib/weir/");
        assertThat(ConfigLoader.load(file("analytics"), AnalyticsMain.Settings.class, Map.of())
                        .analytics()
                        .parallelism())
                .isEqualTo(2);
        assertThat(texts(service("ingest").path("ports")))
                .contains("2055:" + ingest.ingest().netflow().port() + "/udp");
        assertThat(texts(service("alerting").path("ports")))
                .contains("127.0.0.1:8080:" + alerting.alerting().http().port());
        String targets = Files.readString(ROOT.resolve("deploy/prometheus/prometheus.yml"));
        assertThat(targets)
                .contains(
                        "ingest:" + ingest.metricsPort(),
                        "alerting:" + alerting.alerting().http().port());
    }

    @Test
    void mountedFilesExistAndVolumesAreDeclared() {
        services().forEach((name, service) -> texts(service.path("volumes")).forEach(volume -> {
            String source = volume.substring(0, volume.indexOf(':'));
            if (source.startsWith("./")) {
                assertThat(ROOT.resolve(source)).as(name).exists();
            } else {
                assertThat(compose.path("volumes").has(source)).as(source).isTrue();
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
        Set<String> names = new TreeSet<>();
        for (Collector.MetricFamilySamples family : Collections.list(registry.metricFamilySamples())) {
            names.add(family.type == Collector.Type.COUNTER ? family.name + "_total" : family.name);
        }
        return names;
    }

    private JsonNode service(String name) {
        return compose.path("services").path(name);
    }

    private Map<String, JsonNode> services() {
        Map<String, JsonNode> services = new TreeMap<>();
        compose.path("services").properties().forEach(service -> services.put(service.getKey(), service.getValue()));
        return services;
    }

    private Map<String, String> environment(String name) {
        Map<String, String> environment = new TreeMap<>();
        service(name).path("environment").properties().forEach(entry -> environment.put(entry.getKey(), ""));
        return environment;
    }

    private static Path file(String name) {
        return ROOT.resolve("deploy/compose").resolve(name + ".yaml");
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static JsonNode yaml(Path file) {
        try {
            return YAML.readTree(file.toFile());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
