package dev.weir.standalone;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The program with which the official Kafka image turns its environment into a formatted folder and a configuration.
 */
final class KafkaImage {
    /** The image's own default. */
    private static final String CLUSTER_ID = "5L6g3nShT-eMCtK--X86sw";

    private final Path folder;

    KafkaImage(Path folder) {
        this.folder = folder;
    }

    /**
     * Runs the image's set-up and returns the {@code server.properties} that it wrote.
     *
     * @param container a path of the container, which stands for {@code here} wherever the environment names it
     */
    Path setUp(Map<String, String> environment, String container, Path here) throws IOException, InterruptedException {
        Path defaults = Files.createDirectories(folder.resolve("default-configs"));
        Path mounted = Files.createDirectories(folder.resolve("mounted-configs"));
        Path written = Files.createDirectories(folder.resolve("configs"));
        for (String name : List.of("server.properties", "log4j2.yaml", "tools-log4j2.yaml")) {
            Files.writeString(defaults.resolve(name), "");
        }
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "kafka.docker.KafkaDockerWrapper",
                "setup",
                "--default-configs-dir",
                defaults.toString(),
                "--mounted-configs-dir",
                mounted.toString(),
                "--final-configs-dir",
                written.toString());
        builder.environment().keySet().removeIf(name -> name.startsWith("KAFKA_"));
        builder.environment().put("CLUSTER_ID", CLUSTER_ID);
        environment.forEach(
                (name, value) -> builder.environment().put(name, value.replace(container, here.toString())));
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // As the image's start script: a folder that was formatted by an earlier start is fine.
        if (process.waitFor() != 0 && !output.contains("already formatted")) {
            throw new IOException("the image's set-up failed: " + output);
        }
        return written.resolve("server.properties");
    }
}
