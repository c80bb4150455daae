package dev.weir.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** The project's compose file and the class paths of its images, as the tests read them. */
final class ComposeFile {
    static final Path ROOT = Path.of("..");

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final JsonNode compose;

    /** Reads the main file. */
    ComposeFile() {
        this("docker-compose.yml");
    }

    /**
     * Reads one file.
     *
     * @param file below the project's top folder
     */
    ComposeFile(String file) {
        compose = yaml(ROOT.resolve(file));
    }

    JsonNode service(String name) {
        return compose.path("services").path(name);
    }

    Map<String, JsonNode> services() {
        Map<String, JsonNode> services = new TreeMap<>();
        compose.path("services").properties().forEach(service -> services.put(service.getKey(), service.getValue()));
        return services;
    }

    boolean declaresVolume(String name) {
        return compose.path("volumes").has(name);
    }

    boolean has(String key) {
        return compose.has(key);
    }

    List<String> command(String service) {
        return texts(service(service).path("command"));
    }

    Map<String, String> environment(String service) {
        Map<String, String> environment = new TreeMap<>();
        service(service)
                .path("environment")
                .properties()
                .forEach(entry ->
                        environment.put(entry.getKey(), entry.getValue().asText()));
        return environment;
    }

    /** The sources of a service's volumes and bind mounts, by their paths in the container. */
    Map<String, String> mounts(String service) {
        Map<String, String> mounts = new TreeMap<>();
        for (String mount : texts(service(service).path("volumes"))) {
            String[] parts = mount.split(":", -1);
            mounts.put(parts[1], parts[0]);
        }
        return mounts;
    }

    /** Flink's settings from {@code FLINK_PROPERTIES}, read as the official image's entry point reads them. */
    Map<String, String> flinkProperties(String service) {
        Map<String, String> properties = new TreeMap<>();
        for (String line :
                environment(service).getOrDefault("FLINK_PROPERTIES", "").split("\n", -1)) {
            String compact = line.replaceAll("\\s", "");
            int colon = compact.indexOf(':');
            if (colon > 0) {
                properties.put(compact.substring(0, colon), compact.substring(colon + 1));
            }
        }
        return properties;
    }

    /**
     * The class path that an image gets by its COPY lines, taken from this JVM's own: each copied jar is found by its
     * file name, so the test needs no packaged application.
     *
     * @param dockerfile name in {@code deploy/image}
     */
    static List<String> classPath(String dockerfile) throws IOException {
        String text = Files.readString(ROOT.resolve("deploy/image").resolve(dockerfile))
                .replace("\\\n", " ");
        List<String> classPath = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("COPY ")) {
                List<String> sources = Stream.of(line.split("\\s+", -1))
                        .skip(1)
                        .filter(word -> word.endsWith(".jar") || word.matches("[a-z]+/target/.*"))
                        .toList();
                for (String source : sources) {
                    classPath.addAll(source.endsWith(".jar") ? ofThisJvm(source) : jars(ROOT.resolve(source)));
                }
            }
        }
        return classPath;
    }

    private static List<String> ofThisJvm(String pattern) {
        String glob = Path.of(pattern).getFileName().toString();
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        // A module of this build stands on the class path as its classes or as its jar.
        String module = glob.startsWith("weir-") ? glob.replaceAll("^weir-|-\\*\\.jar$", "") : "-";
        List<String> found = Arrays.stream(System.getProperty("java.class.path").split(":", -1))
                .filter(entry -> matcher.matches(Path.of(entry).getFileName())
                        || entry.endsWith("/" + module + "/target/classes")
                        || entry.endsWith("/" + module + "/classes"))
                .toList();
        if (found.isEmpty()) {
            throw new AssertionError(pattern + " matches nothing on the class path");
        }
        return found;
    }

    private static List<String> jars(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new AssertionError(folder + " is missing; `mvn package` of its module makes it");
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.toAbsolutePath().normalize().toString())
                    .filter(file -> file.endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static JsonNode yaml(Path file) {
        try {
            // Unlike Jackson's reader, this one resolves anchors; !override is a tag of Compose's own.
            String text = Files.readString(file).replace(" !override ", " ");
            return MAPPER.valueToTree(new Yaml().load(text));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
