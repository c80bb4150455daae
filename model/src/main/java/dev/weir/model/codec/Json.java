package dev.weir.model.codec;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Encodes and decodes all records but the flow as JSON; {@link FlowJson} serves the flow's hot path. Keys are sorted
 * where they are data.
 */
public final class Json {
    /**
     * The mapper: snake-case names, absent instead of null, whole doubles without a fraction, unknown fields ignored.
     */
    public static final JsonMapper MAPPER = JsonMapper.builder(FlowJson.FACTORY.copy())
            // Messages about a text do not quote it, since it may hold data that must not leave the decoder.
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .addModule(new SimpleModule("weir")
                    .addSerializer(Flow.class, new FlowSerializer())
                    .addDeserializer(Flow.class, new FlowDeserializer())
                    .addSerializer(Double.class, new PlainDoubleSerializer()))
            .build();

    /** The part of the parser's message that says from which source it reads. */
    private static final Pattern SOURCE = Pattern.compile(" \\([a-z ]*\\[Source: [^\\]]*\\]\\)");

    private Json() {}

    /** Writes one line without a line end. */
    public static byte[] write(Object record) {
        try {
            return MAPPER.writeValueAsBytes(record);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a record.
     *
     * @throws InvalidRecordException naming the field
     */
    public static <T> T read(byte[] json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonMappingException e) {
            throw invalid(e);
        } catch (JsonProcessingException e) {
            throw notJson("record", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the exception for a text that is not JSON. It says what the parser found, and not the parser's own
     * settings.
     *
     * @param path the path of the exception
     */
    public static InvalidRecordException notJson(String path, IOException e) {
        String message = e instanceof JsonProcessingException parsing ? parsing.getOriginalMessage() : e.getMessage();
        return new InvalidRecordException(
                path,
                "is not JSON: " + SOURCE.matcher(Objects.toString(message, "")).replaceAll(""));
    }

    private static InvalidRecordException invalid(JsonMappingException e) {
        String path = e.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                .collect(Collectors.joining("."));
        if (e instanceof ValueInstantiationException && e.getCause() instanceof InvalidRecordException inner) {
            return path.isEmpty() ? inner : inner.under(path);
        }
        return new InvalidRecordException(path.isEmpty() ? "record" : path, e.getOriginalMessage());
    }

    private static final class FlowSerializer extends JsonSerializer<Flow> {
        @Override
        public void serialize(Flow flow, JsonGenerator generator, SerializerProvider provider) throws IOException {
            FlowJson.write(flow, generator);
        }
    }

    private static final class FlowDeserializer extends JsonDeserializer<Flow> {
        @Override
        public Flow deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return FlowJson.read(parser);
        }
    }

    private static final class PlainDoubleSerializer extends JsonSerializer<Double> {
        @Override
        public void serialize(Double value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            if (value == Math.rint(value) && Math.abs(value) < 1e15) {
                generator.writeNumber(value.longValue());
            } else {
                generator.writeNumber(value);
            }
        }
    }
}
