package dev.weir.common.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks the values of a configuration one by one, so that all mistakes are reported at once. */
final class ConfigValues {
    private final ObjectMapper mapper;
    private final BiConsumer<String, String> mistakes;

    /**
     * Creates a checker.
     *
     * @param mistakes receives the path of a key, empty for the whole, and the mistake in its value
     */
    ConfigValues(ObjectMapper mapper, BiConsumer<String, String> mistakes) {
        this.mapper = mapper;
        this.mistakes = mistakes;
    }

    /**
     * Checks a section.
     *
     * @param prefix path of the section with a dot at its end, empty for the whole
     * @return true if the section can be used; a section with a wrong value is not checked as a whole
     */
    boolean check(ObjectNode section, Class<?> type, String prefix) {
        boolean sound = true;
        for (ConfigKey component : ConfigKey.of(type)) {
            String key = component.name();
            JsonNode value = section.get(key);
            if (value == null || value.isNull()) {
                continue;
            }
            String path = prefix + key;
            if (component.isSection() && value instanceof ObjectNode inner) {
                sound &= check(inner, component.type(), path + ".");
            } else {
                sound &= fits(value, mapper.constructType(component.genericType()), path);
            }
        }
        return sound && fits(section, mapper.constructType(type), prefix.replaceFirst("\\.$", ""));
    }

    private boolean fits(JsonNode value, JavaType type, String path) {
        try {
            mapper.treeToValue(value, type);
            return true;
        } catch (JsonProcessingException e) {
            String inner = e instanceof JsonMappingException mapping ? path(mapping) : "";
            String whole = path.isEmpty() || inner.isEmpty() ? path + inner : path + "." + inner;
            mistakes.accept(whole, reason(e, at(value, inner), inner.isEmpty() ? type : null));
            return false;
        } catch (IllegalArgumentException | ConfigException e) {
            mistakes.accept(path, String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** The keys and list positions that lead to the value, separated by dots. */
    static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(step -> step.getFieldName() == null ? Integer.toString(step.getIndex()) : step.getFieldName())
                .collect(Collectors.joining("."));
    }

    /**
     * The mistake in a value, in a sentence that names no class.
     *
     * @param value the value given; null when it is not known
     * @param wanted its type; null to use the message of the exception
     */
    static String reason(JsonProcessingException e, @Nullable JsonNode value, @Nullable JavaType wanted) {
        Throwable cause = e.getCause();
        if (cause instanceof RuntimeException && cause.getMessage() != null) {
            return cause.getMessage();
        }
        Class<?> target = e instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        if (wanted != null) {
            return given(value) + " is not " + expected(wanted.getRawClass());
        }
        return target == null ? given(value) + " cannot be used here" : given(value) + " is not " + expected(target);
    }

    /** A value as a message quotes it. */
    static String given(@Nullable JsonNode value) {
        if (value == null) {
            return "the value";
        }
        if (value.isNull()) {
            return "no value";
        }
        if (value.isObject()) {
            return "a section of keys and values";
        }
        return value.isArray() ? "a list" : "'" + value.asText() + "'";
    }

    /** A description of a valid value of the type. */
    static String expected(Class<?> type) {
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "));
        }
        if (Collection.class.isAssignableFrom(type) || type.isArray()) {
            return "a list, such as [a, b]";
        }
        if (Map.class.isAssignableFrom(type) || ConfigKey.isSection(type)) {
            return "a section of keys and values, such as {key: value}";
        }
        if (List.of(Integer.class, int.class, Long.class, long.class, Short.class, short.class)
                .contains(type)) {
            boolean isLong = type == Long.class || type == long.class;
            return "a whole number, such as 10, of at most " + (isLong ? Long.MAX_VALUE : Integer.MAX_VALUE);
        }
        if (type == Double.class || type == double.class || type == Float.class || type == float.class) {
            return "a number, such as 0.5";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        return type == Duration.class ? "a duration such as 500ms, 90s, 1h30m or 7d" : "a text";
    }

    private static @Nullable JsonNode at(JsonNode value, String path) {
        JsonNode at = value;
        for (String step : path.isEmpty() ? new String[0] : path.split("\\.")) {
            at = at.isArray() ? at.path(Integer.parseInt(step)) : at.path(step);
        }
        return at.isMissingNode() ? null : at;
    }
}
