package dev.weir.common.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.CollectionEndEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/**
 * Builds the tree of a document and reports the line of every field. Nesting, aliases and size are limited, and
 * duplicate keys are refused. YAML is read from its nodes, because Jackson's own reader takes an alias for a text; JSON
 * is read as such, because YAML does not allow its tabs.
 */
final class Tree {
    static final int MAX_DEPTH = 100;
    static final int MAX_NODES = 20_000_000;
    /** The number of nodes of one document that aliases may copy. */
    static final int MAX_ALIASED = 100_000;

    static final int MAX_LINE = 500_000;
    static final int MAX_CHARACTERS = 256 << 20;

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final JsonFactory PARSERS = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();
    private static final Pattern JSON_START = Pattern.compile("\\s*(\\{\\s*\"|\\[\\s*[{\\[\"])");
    /** A whole number: sign, prefix and digits. 190:20:30 is a number in YAML 1.1, but none in Kubernetes. */
    private static final Pattern INTEGER = Pattern.compile("([-+]?)(0x|0b|0o|0)?([0-9a-fA-F]{1,64})");

    private static final Set<String> TRUE = Set.of("true", "yes", "on", "y");
    private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");

    private final Lines lines;
    private final int length;
    private int nodes;

    /** Receives the lines of fields. */
    interface Lines {
        /**
         * Reports one field.
         *
         * @param path {@code spec.ingress[0].ports}
         * @param line from 1
         */
        void at(String path, int line);
    }

    private Tree(Lines lines, int length) {
        this.lines = lines;
        this.length = length;
    }

    /** Parses a text; the result is a missing node for an empty document. */
    static JsonNode parse(String text, Lines lines) throws Document.UnreadableException {
        if (!JSON_START.matcher(text).lookingAt()) {
            return new Tree(lines, text.length()).yaml(text);
        }
        try {
            return new Tree(lines, text.length()).json(text);
        } catch (Document.UnreadableException notJson) {
            try {
                // The braces of YAML's flow style may begin alike.
                return new Tree(lines, text.length()).yaml(text);
            } catch (Document.UnreadableException notYamlEither) {
                throw notJson;
            }
        }
    }

    private JsonNode yaml(String text) throws Document.UnreadableException {
        refuseLongLines(text);
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setCodePointLimit(MAX_CHARACTERS);
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(MAX_ALIASED);
        try {
            DumperOptions unused = new DumperOptions();
            Yaml yaml = new Yaml(
                    new SafeConstructor(options), new Representer(unused), unused, options, new KubernetesResolver());
            Node root = yaml.compose(new StringReader(text));
            return root == null ? MissingNode.getInstance() : convert(root, "", 0);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            // The parser reports a missing end behind the last line break, after trailing blank lines.
            long last = text.stripTrailing().lines().count();
            throw new Document.UnreadableException((int) Math.min(line, last), "not YAML: " + e.getProblem());
        } catch (YAMLException e) {
            throw new Document.UnreadableException(
                    lineOfTooDeep(text, options),
                    "not YAML: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    /**
     * The line at which nesting is too deep, found from the events, since the composer does not report it; 1 when
     * nothing is too deep.
     */
    private static int lineOfTooDeep(String text, LoaderOptions options) {
        int depth = 0;
        try {
            for (Event event : new Yaml(options).parse(new StringReader(text))) {
                depth += event instanceof CollectionStartEvent ? 1 : event instanceof CollectionEndEvent ? -1 : 0;
                if (depth > MAX_DEPTH) {
                    return event.getStartMark().getLine() + 1;
                }
            }
        } catch (YAMLException e) {
            // The text is broken in another way further down.
            return 1;
        }
        return 1;
    }

    /** Refuses long lines: SnakeYAML's time grows with the square of the look-ahead. */
    private static void refuseLongLines(String text) throws Document.UnreadableException {
        int start = 0;
        for (int line = 1; start < text.length(); line++) {
            int end = text.indexOf('\n', start);
            end = end < 0 ? text.length() : end;
            if (end - start > MAX_LINE) {
                throw new Document.UnreadableException(line, "is longer than " + MAX_LINE + " characters");
            }
            start = end + 1;
        }
    }

    private JsonNode convert(Node node, String path, int depth) throws Document.UnreadableException {
        int line = node.getStartMark().getLine() + 1;
        nodes++;
        // A document without aliases has more characters than nodes.
        if (nodes > MAX_NODES || nodes > MAX_ALIASED + length) {
            throw new Document.UnreadableException(line, "aliases unfold to more than can be taken");
        }
        if (depth > MAX_DEPTH) {
            throw new Document.UnreadableException(line, "is nested deeper than " + MAX_DEPTH);
        }
        if (node instanceof MappingNode mapping) {
            return object(mapping, path, depth);
        }
        if (node instanceof SequenceNode sequence) {
            ArrayNode array = JSON.arrayNode();
            for (Node element : sequence.getValue()) {
                String its = path + "[" + array.size() + "]";
                lines.at(its, element.getStartMark().getLine() + 1);
                array.add(convert(element, its, depth + 1));
            }
            return array;
        }
        return scalar((ScalarNode) node);
    }

    private ObjectNode object(MappingNode mapping, String path, int depth) throws Document.UnreadableException {
        ObjectNode object = JSON.objectNode();
        ObjectNode merged = JSON.objectNode();
        for (NodeTuple tuple : mapping.getValue()) {
            Node keyNode = tuple.getKeyNode();
            int line = keyNode.getStartMark().getLine() + 1;
            if (!(keyNode instanceof ScalarNode scalar)) {
                throw new Document.UnreadableException(line, "a key must be a word, not a list or a map");
            }
            if (keyNode.getTag().equals(Tag.NULL)) {
                throw new Document.UnreadableException(
                        line, "a key must not be null; quote it if it is meant as a text");
            }
            // A key is a text in JSON; a boolean becomes the text of its value.
            String key =
                    keyNode.getTag().equals(Tag.BOOL) ? Boolean.toString(isTrue(scalar.getValue())) : scalar.getValue();
            if (keyNode.getTag().equals(Tag.MERGE)) {
                merge(merged, convert(tuple.getValueNode(), path, depth + 1));
                continue;
            }
            String its = path.isEmpty() ? key : path + "." + key;
            lines.at(its, line);
            if (object.has(key)) {
                throw new Document.UnreadableException(
                        line, "the key '" + key + "' stands twice; kubectl would take the last of them");
            }
            object.set(key, convert(tuple.getValueNode(), its, depth + 1));
        }
        merge(object, merged);
        return object;
    }

    /** Applies {@code <<: *base}; the fields of the map itself win. */
    private static void merge(ObjectNode object, JsonNode base) {
        for (JsonNode each : base.isArray() ? base : JSON.arrayNode().add(base)) {
            each.properties().forEach(field -> object.putIfAbsent(field.getKey(), field.getValue()));
        }
    }

    private static JsonNode scalar(ScalarNode node) {
        String text = node.getValue();
        Tag tag = node.getTag();
        if (tag.equals(Tag.NULL)) {
            return JSON.nullNode();
        }
        if (tag.equals(Tag.BOOL)) {
            return JSON.booleanNode(isTrue(text));
        }
        Matcher integer = INTEGER.matcher(text.replace("_", ""));
        // 0o17 is a number to Kubernetes, though not in YAML 1.1.
        boolean number =
                tag.equals(Tag.INT) || node.isPlain() && OCTAL.matcher(text).matches();
        if (number && integer.matches()) {
            return number(new BigInteger(integer.group(1) + integer.group(3), radix(integer.group(2))));
        }
        if (tag.equals(Tag.FLOAT)) {
            try {
                return number(Double.parseDouble(text.replace("_", "")));
            } catch (NumberFormatException e) {
                return JSON.textNode(text);
            }
        }
        return JSON.textNode(text);
    }

    /**
     * The number that kubectl sends: Go writes {@code 80.0} and {@code 8e1} as 80, and a number of 22 digits with an
     * exponent.
     */
    private static JsonNode number(double value) {
        if (value != Math.rint(value) || Math.abs(value) >= 1e21) {
            return JSON.numberNode(value);
        }
        return number(new BigDecimal(value).toBigInteger());
    }

    private static JsonNode number(BigInteger value) {
        return value.bitLength() < 32
                ? JSON.numberNode(value.intValue())
                : value.bitLength() < 64 ? JSON.numberNode(value.longValue()) : JSON.numberNode(value);
    }

    private static boolean isTrue(String text) {
        return TRUE.contains(text.toLowerCase(Locale.ROOT));
    }

    private static int radix(@Nullable String prefix) {
        return prefix == null ? 10 : prefix.equals("0x") ? 16 : prefix.equals("0b") ? 2 : 8;
    }

    private JsonNode json(String text) throws Document.UnreadableException {
        try (JsonParser parser = PARSERS.createParser(text)) {
            parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
            parser.nextToken();
            JsonNode tree = value(parser, "");
            if (parser.nextToken() != null) {
                throw new Document.UnreadableException(
                        parser.currentTokenLocation().getLineNr(), "not JSON: more follows after the first value");
            }
            return tree;
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw new Document.UnreadableException(
                    line,
                    "not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw new Document.UnreadableException(1, "cannot be read: " + e.getMessage());
        }
    }

    private JsonNode value(JsonParser parser, String path) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            ObjectNode object = JSON.objectNode();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                String its = path.isEmpty() ? key : path + "." + key;
                lines.at(its, parser.currentTokenLocation().getLineNr());
                parser.nextToken();
                object.set(key, value(parser, its));
            }
            return object;
        }
        if (token == JsonToken.START_ARRAY) {
            ArrayNode array = JSON.arrayNode();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                String its = path + "[" + array.size() + "]";
                lines.at(its, parser.currentTokenLocation().getLineNr());
                array.add(value(parser, its));
            }
            return array;
        }
        return switch (token) {
            case VALUE_NUMBER_INT -> {
                JsonParser.NumberType type = parser.getNumberType();
                yield type == JsonParser.NumberType.INT
                        ? JSON.numberNode(parser.getIntValue())
                        : type == JsonParser.NumberType.LONG
                                ? JSON.numberNode(parser.getLongValue())
                                : JSON.numberNode(parser.getBigIntegerValue());
            }
            case VALUE_NUMBER_FLOAT -> JSON.numberNode(parser.getDoubleValue());
            case VALUE_TRUE, VALUE_FALSE -> JSON.booleanNode(token == JsonToken.VALUE_TRUE);
            case VALUE_NULL -> JSON.nullNode();
            default -> JSON.textNode(parser.getText());
        };
    }
}
