package dev.weir.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.ContextChange;
import dev.weir.model.Flow;
import dev.weir.model.codec.FlowJson;
import dev.weir.model.codec.Json;
import dev.weir.policy.dialect.Dialects;
import dev.weir.policy.manifest.YamlText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;

/** Writes the simulated shop as files, so that commands on files can be tried. */
public final class ShopFiles {
    private static final int DAYS = 3;
    private static final Duration SPAN = Duration.ofMinutes(20);

    private ShopFiles() {}

    /**
     * Writes {@code manifests/cluster.yaml}, {@code policies/NAMESPACE.yaml} and {@code flows.ndjson.gz}: twenty
     * minutes of each of the last three days.
     *
     * @return the number of flows
     */
    public static int write(Path directory, long seed, long nowMs) throws IOException {
        Simulator simulator = new Simulator(seed);
        Path manifests = directory.resolve("manifests");
        Path policies = directory.resolve("policies");
        Files.createDirectories(manifests);
        Files.createDirectories(policies);
        StringBuilder cluster = new StringBuilder();
        for (ContextChange change : simulator.context()) {
            JsonNode object = Json.MAPPER.readTree(String.valueOf(change.object()));
            String yaml = "---\n" + YamlText.of(object);
            if (Dialects.isPolicy(change.kind())) {
                Path file = policies.resolve(change.namespace() + ".yaml");
                Files.writeString(file, (Files.exists(file) ? Files.readString(file) : "") + yaml);
            } else {
                cluster.append(yaml);
            }
        }
        Files.writeString(manifests.resolve("cluster.yaml"), cluster);
        return flows(simulator, directory.resolve("flows.ndjson.gz"), nowMs);
    }

    private static int flows(Simulator simulator, Path file, long nowMs) throws IOException {
        int count = 0;
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            for (int day = DAYS; day > 0; day--) {
                long from = nowMs - Duration.ofDays(day).toMillis();
                for (Flow flow : simulator.usual(from, from + SPAN.toMillis())) {
                    out.write(FlowJson.encode(flow));
                    out.write('\n');
                    count++;
                }
            }
        }
        return count;
    }
}
