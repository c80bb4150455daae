package dev.weir.common.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a process's YAML file into its config record. A key may also come from the environment: {@code
 * ingest.netflow.port} is {@code WEIR_INGEST_NETFLOW_PORT}, and the environment wins; see {@link ConfigEnvironment}.
 */
public final class ConfigLoader {
    /** A key of which at most one of so many characters is wrong is taken for a misspelling. */
    private static final int FEW_OF_A_KEY = 3;

    /** The characters that may be wrong in a short key. */
    private static final int MOST_WRONG = 2;

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory())
            .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .registerModule(new SimpleModule("config").addDeserializer(Duration.class, new DurationDeserializer()));

    private ConfigLoader() {}

    /**
     * Reads a file and the environment.
     *
     * @param file null for the defaults and the environment alone
     * @throws ConfigException naming file, line and key of every mistake, a line for each
     */
    public static <T> T load(@Nullable Path file, Class<T> type, Map<String, String> environment) {
        String where = file == null ? "configuration" : file.toString();
        String text = file == null ? "" : read(file);
        ObjectNode root = parse(where, text);
        Map<String, Integer> lines = lines(text);
        ConfigSchema schema = ConfigSchema.of(type);
        List<String> mistakes = new ArrayList<>();
        reportUnknownKeys(where, root, "", schema, lines, mistakes);
        ConfigEnvironment variables = new ConfigEnvironment(schema);
        variables.apply(root, environment, mistakes);
        ConfigValues values = new ConfigValues(YAML, (path, reason) -> {
            String variable = variables.variableByPath().get(path);
            String place = variable == null ? where + line(lines, path) : "environment: " + variable;
            mistakes.add(place + ": " + (path.isEmpty() ? "" : path + ": ") + reason);
        });
        values.check(root, type, "");
        if (!mistakes.isEmpty()) {
            throw new ConfigException(String.join("\n", mistakes));
        }
        try {
            return YAML.treeToValue(root, type);
        } catch (JsonProcessingException e) {
            throw new ConfigException(where + ": " + ConfigValues.reason(e, null, null));
        }
    }

    /**
     * Reads a file that stands for itself, with lists of sections; the environment has no part in it. A key without a
     * value is an error, since it may have lost the value that restricted something.
     *
     * @throws ConfigException naming file, line and key
     */
    public static <T> T document(Path file, Class<T> type) {
        String where = file.toString();
        String text = read(file);
        ObjectNode root = parse(where, text);
        refuseNoValue(where, root, "", lines(text));
        try {
            return YAML.readerFor(type)
                    .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .readValue(text);
        } catch (UnrecognizedPropertyException e) {
            Set<String> known =
                    e.getKnownPropertyIds().stream().map(String::valueOf).collect(Collectors.toSet());
            throw new ConfigException(where + ":" + lineOf(e) + ": unknown key '" + e.getPropertyName() + "'"
                    + suggestion(e.getPropertyName(), known));
        } catch (JsonMappingException e) {
            throw new ConfigException(where + ":" + lineOf(e) + ": " + explain(e, root));
        } catch (JsonProcessingException e) {
            throw new ConfigException(where + ": " + e.getOriginalMessage());
        }
    }

    private static int lineOf(JsonMappingException e) {
        return e.getLocation() == null ? 1 : e.getLocation().getLineNr();
    }

    /**
     * Returns the settings with some of them replaced, by key, with sections within sections.
     *
     * @param where for messages
     * @throws ConfigException naming the key
     */
    public static <R> R changed(String where, R settings, Map<?, ?> changes) {
        Map<String, ConfigKey> known = new LinkedHashMap<>();
        ConfigKey.of(settings.getClass()).forEach(key -> known.put(key.name(), key));
        for (Object key : changes.keySet()) {
            if (!known.containsKey(String.valueOf(key))) {
                throw new ConfigException(where + "." + key + ": there is no such setting"
                        + suggestion(String.valueOf(key), known.keySet()));
            }
        }
        Map<String, @Nullable Object> values = ConfigKey.values(settings);
        known.forEach((name, key) -> {
            if (changes.containsKey(name)) {
                values.put(name, changed(where + "." + name, key, values.get(name), changes.get(name)));
            }
        });
        return made(where, settings, values);
    }

    private static @Nullable Object changed(
            String where, ConfigKey key, @Nullable Object before, @Nullable Object change) {
        if (change == null) {
            return before;
        }
        if (before != null && ConfigKey.isSection(before.getClass())) {
            if (change instanceof Map<?, ?> changes) {
                return changed(where, before, changes);
            }
            throw new ConfigException(where + ": is a section, and must hold keys and values");
        }
        try {
            return YAML.convertValue(change, YAML.constructType(key.genericType()));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(where + ": '" + change + "' is not " + ConfigValues.expected(key.type()));
        }
    }

    @SuppressWarnings("unchecked") // the result is of the settings' own class
    private static <R> R made(String where, R like, Map<String, @Nullable Object> values) {
        try {
            if (like instanceof ConfigSections sections) {
                Map<String, Record> others = new LinkedHashMap<>();
                values.forEach((key, value) -> others.put(key, (Record) value));
                return (R) sections.with(others);
            }
            Class<?>[] types =
                    ConfigKey.of(like.getClass()).stream().map(ConfigKey::type).toArray(Class<?>[]::new);
            return (R) like.getClass()
                    .getDeclaredConstructor(types)
                    .newInstance(values.values().toArray());
        } catch (InvocationTargetException e) {
            throw new ConfigException(where + ": " + e.getTargetException().getMessage());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record has a canonical constructor", e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new ConfigException(file + ": there is no such file");
        } catch (IOException e) {
            throw new ConfigException(file + ": cannot be read: " + e.getMessage());
        }
    }

    private static ObjectNode parse(String where, String text) {
        try {
            JsonNode tree = YAML.readTree(text);
            if (tree == null || tree.isMissingNode() || tree.isNull()) {
                return YAML.createObjectNode();
            }
            if (tree instanceof ObjectNode object) {
                return object;
            }
            throw new ConfigException(where + ": must hold keys and values, as in 'data: ./data'");
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new ConfigException(where + ":" + line + ": not YAML: "
                    + e.getOriginalMessage().lines().findFirst().orElse(""));
        }
    }

    private static Map<String, Integer> lines(String text) {
        Map<String, Integer> lines = new HashMap<>();
        try (JsonParser parser = YAML.createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    String path = parser.getParsingContext().pathAsPointer().toString();
                    lines.put(dotted(path), parser.currentTokenLocation().getLineNr());
                }
            }
        } catch (IOException e) {
            throw new ConfigException("not YAML: " + e.getMessage());
        }
        return lines;
    }

    private static void refuseNoValue(String where, JsonNode node, String path, Map<String, Integer> lines) {
        if (node.isNull()) {
            String key = path.replaceFirst("(\\.[0-9]+)+$", "");
            throw new ConfigException(
                    where + line(lines, key) + ": " + path + ": has no value; give one, or leave it out");
        }
        String prefix = path.isEmpty() ? "" : path + ".";
        node.properties().forEach(entry -> refuseNoValue(where, entry.getValue(), prefix + entry.getKey(), lines));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            refuseNoValue(where, node.get(i), prefix + i, lines);
        }
    }

    private static void reportUnknownKeys(
            String where,
            JsonNode node,
            String prefix,
            ConfigSchema schema,
            Map<String, Integer> lines,
            List<String> mistakes) {
        node.properties().forEach(entry -> {
            String path = prefix + entry.getKey();
            if (!schema.knows(path)) {
                mistakes.add(
                        where + line(lines, path) + ": unknown key '" + path + "'" + suggestion(path, schema.keys()));
            } else if (entry.getValue().isObject() && !schema.isLeaf(path)) {
                reportUnknownKeys(where, entry.getValue(), path + ".", schema, lines, mistakes);
            }
        });
    }

    /** The environment variable of a key. */
    public static String variable(String path) {
        return ConfigEnvironment.variable(path);
    }

    private static String explain(JsonMappingException e, ObjectNode root) {
        String path = ConfigValues.path(e);
        JsonNode value = root.at(path.isEmpty() ? "" : "/" + path.replace('.', '/'));
        return (path.isEmpty() ? "" : path + ": ") + ConfigValues.reason(e, value.isMissingNode() ? null : value, null);
    }

    private static String line(Map<String, Integer> lines, String path) {
        String at = path;
        while (!at.isEmpty()) {
            Integer line = lines.get(at);
            if (line != null) {
                return ":" + line;
            }
            at = at.substring(0, Math.max(0, at.lastIndexOf('.')));
        }
        return "";
    }

    private static String dotted(String pointer) {
        return pointer.isEmpty() ? "" : pointer.substring(1).replace('/', '.');
    }

    static String suggestion(String wrong, Set<String> valid) {
        String closest = new TreeSet<>(valid)
                .stream()
                        .min(Comparator.comparingInt(key -> editDistance(wrong, key)))
                        .orElse(null);
        if (closest == null) {
            return "";
        }
        return editDistance(wrong, closest) <= Math.max(MOST_WRONG, wrong.length() / FEW_OF_A_KEY)
                ? "; the closest valid one is '" + closest + "'"
                : "; valid here are " + String.join(", ", new TreeSet<>(valid));
    }

    private static int editDistance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    private static final class DurationDeserializer extends JsonDeserializer<Duration> {
        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            if (!parser.currentToken().isScalarValue()) {
                throw MismatchedInputException.from(parser, Duration.class, "no text");
            }
            return Durations.parse(parser.getText());
        }
    }
}
