package dev.weir.policy.random;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Applies the text of a patch to objects as kubectl would. */
final class AppliedPatch {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Pattern COMMAND = Pattern.compile("# kubectl patch (\\S+) (\\S+)(?: -n (\\S+))? --type json");

    private AppliedPatch() {}

    /** The objects with the change; those that it changes are copies. */
    static List<ObjectNode> to(List<ObjectNode> objects, String patch) throws JsonProcessingException {
        List<ObjectNode> all = new ArrayList<>();
        objects.forEach(object -> all.add(object.deepCopy()));
        for (String document : patch.split("(?m)^---\\n")) {
            JsonNode tree = YAML.readTree(document);
            if (tree instanceof ObjectNode added) {
                all.add(added);
                continue;
            }
            Matcher command = COMMAND.matcher(document);
            assertThat(command.find()).as(document).isTrue();
            ObjectNode target = all.stream()
                    .filter(object -> object.path("kind").asText().equalsIgnoreCase(command.group(1))
                            && object.path("metadata").path("name").asText().equals(command.group(2))
                            && object.path("metadata")
                                    .path("namespace")
                                    .asText("")
                                    .equals(command.group(3) == null ? "" : command.group(3)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(document));
            for (JsonNode operation : tree) {
                add(target, operation.path("path").asText(), operation.path("value"));
            }
        }
        return all;
    }

    /** The operation {@code add} of RFC 6902, as far as it is used. */
    private static void add(ObjectNode target, String path, JsonNode value) {
        Map.Entry<String, String> split =
                Map.entry(path.substring(0, path.lastIndexOf('/')), path.substring(path.lastIndexOf('/') + 1));
        JsonNode parent = target.at(split.getKey());
        if (parent instanceof ArrayNode array) {
            if (split.getValue().equals("-")) {
                array.add(value);
            } else {
                array.insert(Integer.parseInt(split.getValue()), value);
            }
        } else {
            ((ObjectNode) parent).set(split.getValue(), value);
        }
    }
}
