package dev.weir.alerting.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weir.alerting.auth.Caller;
import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.store.Cursor;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.codec.Json;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A request of a known caller, with checked parameters. */
final class Call {
    private static final int DEFAULT_LIMIT = 100;
    static final int MAX_LIMIT = 1_000;
    private static final int LONGEST_ID = 253;
    private static final String REASON = "reason";
    private static final int LONGEST_REASON = 4_000;

    /** Strict mapper for request bodies: no unknown fields, no coercion of scalars, no ordinals for enums. */
    private static final JsonMapper BODIES = Json.MAPPER
            .rebuild()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private final Operation operation;
    private final Context context;
    private final Caller caller;

    /**
     * Checks the query parameters.
     *
     * @throws HttpResponseException 400 if a parameter is unknown, repeated, invalid or missing
     */
    Call(Operation operation, Context context, Caller caller) {
        this.operation = operation;
        this.context = context;
        this.caller = caller;
        Map<String, Param> known = operation.params().stream().collect(Collectors.toMap(Param::name, param -> param));
        context.queryParamMap().forEach((name, values) -> {
            Param param = known.get(name);
            if (param == null) {
                throw new HttpResponseException(
                        400,
                        "there is no parameter '" + name + "'; there are "
                                + known.keySet().stream().sorted().collect(Collectors.joining(", ")));
            }
            // A parameter that cannot be decoded is in the map without a value.
            if (values.size() != 1) {
                throw new HttpResponseException(
                        400, name + " must be given once and be encoded right; it has " + values.size() + " values");
            }
            param.check(values.get(0));
        });
        for (Param param : operation.params()) {
            if (param.isNeeded() && required(param.name()).isBlank()) {
                throw new HttpResponseException(400, param.name() + " is missing");
            }
        }
    }

    Caller caller() {
        return caller;
    }

    NamespaceScope scope() {
        return caller.scope();
    }

    /**
     * The path parameter {@code id}.
     *
     * @throws HttpResponseException 400 if it is too long or holds control characters
     */
    String id() {
        String id = context.pathParam("id");
        if (id.length() > LONGEST_ID || id.chars().anyMatch(Character::isISOControl)) {
            throw new HttpResponseException(
                    400, "the id is longer than " + LONGEST_ID + " or holds control characters");
        }
        return id;
    }

    @Nullable String text(String name) {
        return context.queryParam(name);
    }

    @Nullable Long number(String name) {
        String value = context.queryParam(name);
        return value == null ? null : (Long) Long.parseLong(value);
    }

    boolean flag(String name) {
        return "true".equalsIgnoreCase(context.queryParam(name));
    }

    <E extends Enum<E>> @Nullable E choice(String name, Class<E> type) {
        String value = context.queryParam(name);
        return value == null
                ? null
                : Arrays.stream(type.getEnumConstants())
                        .filter(each -> Param.id(each).equals(value.toLowerCase(Locale.ROOT)))
                        .findFirst()
                        .orElseThrow();
    }

    int limit() {
        Long limit = number("limit");
        return limit == null ? DEFAULT_LIMIT : limit.intValue();
    }

    /**
     * The value of a required parameter.
     *
     * @throws HttpResponseException 400 if it is missing or empty
     */
    String required(String name) {
        String value = context.queryParam(name);
        if (value == null || value.isEmpty()) {
            throw new HttpResponseException(400, name + " is missing");
        }
        return value;
    }

    /**
     * The decoded key of {@code after}; see {@link #afterText}.
     *
     * @throws HttpResponseException 400 if it is no {@code next_after}
     */
    @Nullable String after() {
        String after = context.queryParam("after");
        if (after == null) {
            return null;
        }
        try {
            String key = new String(Base64.getUrlDecoder().decode(after), StandardCharsets.UTF_8);
            if (key.indexOf('\0') < 0) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            // Falls through to the error below.
        }
        throw new HttpResponseException(400, "after must be a next_after of an earlier answer");
    }

    /** Encodes the key of the last row of a page as {@code next_after}. */
    static String afterText(String key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }

    @Nullable Cursor cursor() {
        return Param.toCursor(context.queryParam("cursor"));
    }

    /**
     * The version in {@code If-Match}; null if the header is absent or {@code *}.
     *
     * @throws HttpResponseException 400 if it is no ETag of this API
     */
    @Nullable Long ifMatch() {
        String header = context.header("If-Match");
        if (header == null || header.trim().equals("*")) {
            return null;
        }
        String version = header.trim().replaceFirst("^W/", "").replace("\"", "");
        if (!version.matches("[0-9]{1,18}(-[0-9a-f]{1,8})?")) {
            throw new HttpResponseException(400, "If-Match must be an ETag of an earlier answer, not '" + header + "'");
        }
        return Long.parseLong(version.replaceFirst("-.*", ""));
    }

    @Nullable String header(String name) {
        return context.header(name);
    }

    /** Starts a server-sent event stream and returns its output. The headers keep proxies from buffering events. */
    OutputStream events() throws IOException {
        HttpServletResponse response = context.res();
        response.setStatus(200);
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no");
        response.flushBuffer();
        return response.getOutputStream();
    }

    /**
     * Reads the body as the record of the operation.
     *
     * @throws HttpResponseException 400 or 415 with the mistake
     */
    <T> T body(Class<T> type) {
        String media = context.contentType();
        if (media == null || !media.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            throw new HttpResponseException(415, "the body must be application/json");
        }
        try {
            T body = BODIES.readerFor(type).readValue(context.bodyAsBytes());
            if (body == null) {
                throw new HttpResponseException(400, "the body is empty; " + operation.id() + " takes an object");
            }
            for (RecordComponent component : type.getRecordComponents()) {
                Object value = component.getAccessor().invoke(body);
                if (value instanceof String text) {
                    checkText(component.getName(), text);
                }
                boolean isBlank = value instanceof String text && text.isBlank();
                if ((value == null || isBlank) && component.isAnnotationPresent(Required.class)) {
                    throw new HttpResponseException(400, "the body's " + component.getName() + ": is missing");
                }
                if (isBlank && !component.getName().equals(REASON)) {
                    throw new HttpResponseException(
                            400, "the body's " + component.getName() + ": is empty; give one, or leave it out");
                }
            }
            return body;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("bodies are records of this package", e);
        } catch (UnrecognizedPropertyException e) {
            List<String> known = e.getKnownPropertyIds().stream()
                    .map(String::valueOf)
                    .sorted()
                    .toList();
            throw new HttpResponseException(
                    400, "the body has no field '" + e.getPropertyName() + "'; there are " + String.join(", ", known));
        } catch (JsonMappingException e) {
            String path = e.getPath().stream()
                    .map(step -> String.valueOf(step.getFieldName()))
                    .collect(Collectors.joining("."));
            throw new HttpResponseException(400, "the body" + (path.isEmpty() ? "" : "'s " + path) + ": " + wrong(e));
        } catch (JsonProcessingException e) {
            throw new HttpResponseException(400, "the body is not JSON: " + firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new HttpResponseException(400, "the body cannot be read");
        }
    }

    /** Checks length and characters: names have the limit of Kubernetes, and a reason may have several lines. */
    private static void checkText(String name, String text) {
        boolean isReason = name.equals(REASON);
        int longest = isReason ? LONGEST_REASON : LONGEST_ID;
        boolean isClean = text.chars()
                .allMatch(each -> !Character.isISOControl(each) || isReason && Character.isWhitespace(each));
        if (text.length() > longest
                || !isClean
                || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new HttpResponseException(
                    400,
                    "the body's " + name + ": is longer than " + longest + " characters, or holds"
                            + " control characters or half of a surrogate pair");
        }
    }

    /** A message that says what would be right, without class names or excerpts of the JSON library. */
    private static String wrong(JsonMappingException e) {
        if (e.getCause() instanceof InvalidRecordException inner) {
            return String.valueOf(inner.getMessage());
        }
        Class<?> type = e instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        if (type == null) {
            return "cannot be read";
        }
        if (type.isEnum()) {
            return "must be one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(OpenApi::jsonName)
                            .collect(Collectors.joining(", "));
        }
        if (type == Boolean.class) {
            return "must be true or false";
        }
        if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
            return "must be a whole number";
        }
        return type == String.class ? "must be a text" : "must be an object";
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
