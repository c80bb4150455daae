package dev.weir.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.Expected;
import dev.weir.model.PolicyEvidence;
import dev.weir.model.PolicyRef;
import dev.weir.model.Severity;
import dev.weir.model.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The published JSON Schemas, compared with the codecs. */
class SchemaTest {
    private static final Path FOLDER = Path.of("../docs/reference/schema");
    private static final ObjectMapper PLAIN = new ObjectMapper();

    private final RandomFlows flows = new RandomFlows(7);

    @Test
    void randomFlowsMatchTheSchema() throws IOException {
        Schema schema = schema("flow");
        for (int i = 0; i < 500; i++) {
            JsonNode flow = PLAIN.readTree(FlowJson.encode(flows.next()));
            assertThat(schema.validate(flow)).as(flow.toString()).isEmpty();
        }
    }

    @Test
    void everyPropertyOfAFlowIsWrittenAndNoOther() throws IOException {
        TreeSet<String> written = new TreeSet<>();
        for (int i = 0; i < 500; i++) {
            collect("", PLAIN.readTree(FlowJson.encode(flows.next())), written);
        }
        assertThat(written).isEqualTo(properties("flow"));
    }

    @Test
    void flowWithoutARequiredFieldBreaksTheSchema() throws IOException {
        Schema schema = schema("flow");
        JsonNode flow = PLAIN.readTree(FlowJson.encode(flows.next()));
        for (String field : List.of("start_ms", "source", "destination", "protocol")) {
            ObjectNode without = flow.deepCopy();
            without.remove(field);
            assertThat(schema.validate(without)).as(field).isNotEmpty();
        }
        ObjectNode wrong = flow.deepCopy();
        wrong.put("verdict", "perhaps");
        assertThat(schema.validate(wrong)).isNotEmpty();
    }

    @Test
    void alertsMatchTheSchema() throws IOException {
        Schema schema = schema("alert");
        for (boolean isFull : new boolean[] {true, false}) {
            JsonNode alert = PLAIN.readTree(Json.write(alert(isFull)));
            assertThat(schema.validate(alert)).as(alert.toString()).isEmpty();
        }
    }

    @Test
    void everyPropertyOfAnAlertIsWrittenAndNoOther() throws IOException {
        TreeSet<String> written = new TreeSet<>();
        collect("", PLAIN.readTree(Json.write(alert(true))), written);
        written.removeIf(path -> path.startsWith("evidence.flows."));
        assertThat(written).isEqualTo(properties("alert"));
    }

    private Alert alert(boolean isFull) {
        Entity entity =
                new Entity("shop", "web", "Deployment", "web-1", "10.0.0.1", "node-1", "web", List.of("web.shop"));
        PolicyEvidence policy = new PolicyEvidence(
                Expected.DENY,
                Verdict.FORWARDED,
                List.of(new PolicyRef("NetworkPolicy", "shop", "db", "ingress[0]")),
                "nearest",
                "patch");
        return new Alert(
                "f00",
                "port-scan",
                3,
                "discovery",
                Severity.HIGH,
                0.93,
                "title",
                "summary",
                1,
                2,
                412,
                isFull ? entity : null,
                isFull ? entity : null,
                isFull ? List.of(22, 80) : List.of(),
                isFull ? "TCP" : null,
                isFull ? "prod" : null,
                isFull ? List.of("T1046") : List.of(),
                new Evidence(
                        isFull ? Map.of("ports_failed", 40.0) : Map.of(),
                        isFull ? Map.of("ports_failed_below", 15.5) : Map.of(),
                        isFull ? List.of(flows.next(), flows.next()) : List.of(),
                        isFull ? List.of("sampled 1:50") : List.of()),
                isFull ? policy : null,
                isFull ? "i1" : null,
                isFull ? "d1" : null,
                isFull ? "s1" : null);
    }

    private static Schema schema(String name) throws IOException {
        Map<String, String> texts = Map.of(
                "https://weir.dev/schema/flow.schema.json", text("flow"),
                "https://weir.dev/schema/alert.schema.json", text("alert"));
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(texts))
                .getSchema(SchemaLocation.of("https://weir.dev/schema/" + name + ".schema.json"));
    }

    private static String text(String name) throws IOException {
        return Files.readString(FOLDER.resolve(name + ".schema.json"), StandardCharsets.UTF_8);
    }

    /** The paths of the properties that the schema names, without those of a flow within an alert. */
    private static TreeSet<String> properties(String name) throws IOException {
        JsonNode schema = PLAIN.readTree(text(name));
        TreeSet<String> paths = new TreeSet<>();
        properties("", schema, schema, paths);
        return paths;
    }

    private static void properties(String prefix, JsonNode node, JsonNode root, TreeSet<String> paths) {
        JsonNode target = node;
        String reference = node.path("$ref").asText();
        if (reference.startsWith("#")) {
            target = root.at(reference.substring(1));
        }
        if (target.has("items")) {
            properties(prefix, target.get("items"), root, paths);
        }
        for (Map.Entry<String, JsonNode> property : target.path("properties").properties()) {
            String path = prefix + property.getKey();
            paths.add(path);
            properties(path + ".", property.getValue(), root, paths);
        }
    }

    /** Adds the path of every field but the keys of maps, which are data. */
    private static void collect(String prefix, JsonNode node, TreeSet<String> paths) {
        if (node.isArray()) {
            node.forEach(item -> collect(prefix, item, paths));
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String path = prefix + field.getKey();
            paths.add(path);
            if (!path.endsWith("labels")
                    && !path.endsWith("evidence.observed")
                    && !path.endsWith("evidence.expected")) {
                collect(path + ".", field.getValue(), paths);
            }
        }
    }
}
