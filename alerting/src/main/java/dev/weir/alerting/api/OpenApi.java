package dev.weir.alerting.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.alerting.incident.Incident;
import dev.weir.model.Flow;
import dev.weir.model.codec.Json;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The OpenAPI 3.1 document, generated from the operations and their request and response records. */
final class OpenApi {
    private static final PropertyNamingStrategies.SnakeCaseStrategy SNAKE =
            new PropertyNamingStrategies.SnakeCaseStrategy();
    private static final Pattern PATH_PARAMETER = Pattern.compile("\\{([a-z_]+)}");
    private static final String SCHEMAS = "#/components/schemas/";

    private final ObjectNode document = Json.MAPPER.createObjectNode();
    private final ObjectNode schemas;

    private OpenApi(String base, String version) {
        document.put("openapi", "3.1.0");
        document.putObject("info").put("title", "Weir").put("version", version);
        document.putArray("servers").addObject().put("url", base);
        document.putObject("paths");
        ObjectNode components = document.putObject("components");
        schemas = components.putObject("schemas");
        components
                .putObject("securitySchemes")
                .putObject("bearer")
                .put("type", "http")
                .put("scheme", "bearer");
        document.putArray("security").addObject().putArray("bearer");
        problem();
    }

    static ObjectNode document(String base, String version, List<Operation> operations) {
        OpenApi api = new OpenApi(base, version);
        operations.forEach(api::add);
        return api.document;
    }

    private void add(Operation operation) {
        ObjectNode paths = (ObjectNode) document.path("paths");
        ObjectNode path = paths.withObjectProperty(operation.path());
        ObjectNode entry = path.putObject(operation.method().name().toLowerCase(Locale.ROOT));
        entry.put("operationId", operation.id());
        entry.put("summary", operation.about());
        entry.put("x-role", operation.role().id());
        ArrayNode parameters = entry.putArray("parameters");
        Matcher inPath = PATH_PARAMETER.matcher(operation.path());
        while (inPath.find()) {
            ObjectNode parameter = parameters.addObject();
            parameter.put("name", inPath.group(1)).put("in", "path").put("required", true);
            parameter.putObject("schema").put("type", "string");
        }
        for (Param param : operation.params()) {
            ObjectNode parameter = parameters.addObject();
            parameter.put("name", param.name()).put("in", "query").put("description", param.about());
            if (param.isNeeded()) {
                parameter.put("required", true);
            }
            schema(param, parameter.putObject("schema"));
        }
        Class<?> body = operation.body();
        if (body != null) {
            if (operation.method() == Operation.Method.POST && operation.path().endsWith("/actions")) {
                header(parameters, "If-Match", "ETag of the version to change");
            }
            ObjectNode request = entry.putObject("requestBody").put("required", true);
            media(request, "application/json").put("$ref", ref(body));
        }
        if (operation.streams()) {
            header(parameters, "Last-Event-ID", "id of the last event that was received");
        }
        ObjectNode responses = entry.putObject("responses");
        ObjectNode ok = responses.putObject("2XX").put("description", "success");
        if (operation.answer() == Incident.class) {
            ObjectNode etag = ok.putObject("headers").putObject("ETag");
            etag.put("description", "version of the incident, for If-Match")
                    .putObject("schema")
                    .put("type", "string");
        }
        media(ok, operation.streams() ? "text/event-stream" : "application/json")
                .put("$ref", ref(operation.answer()));
        ObjectNode failed = responses.putObject("4XX").put("description", "the error, and how to correct it");
        media(failed, "application/problem+json").put("$ref", SCHEMAS + "Problem");
    }

    private static void header(ArrayNode parameters, String name, String about) {
        ObjectNode header = parameters.addObject();
        header.put("name", name).put("in", "header").put("description", about);
        header.putObject("schema").put("type", "string");
    }

    private static ObjectNode media(ObjectNode of, String type) {
        return of.putObject("content").putObject(type).putObject("schema");
    }

    private static void schema(Param param, ObjectNode schema) {
        switch (param.type()) {
            case NUMBER ->
                schema.put("type", "integer").put("minimum", param.least()).put("maximum", param.most());
            case FLAG -> schema.put("type", "boolean");
            case TEXT, CURSOR -> {
                schema.put("type", "string");
                if (!param.choices().isEmpty()) {
                    ArrayNode names = schema.putArray("enum");
                    param.choices().forEach(names::add);
                }
            }
        }
    }

    private void problem() {
        ObjectNode problem = schemas.putObject("Problem").put("type", "object");
        problem.put("description", "RFC 9457");
        ObjectNode properties = problem.putObject("properties");
        properties.putObject("title").put("type", "string");
        properties.putObject("status").put("type", "integer");
        properties.putObject("detail").put("type", "string");
    }

    private String ref(Class<?> type) {
        String name = type.getSimpleName();
        if (!schemas.has(name)) {
            ObjectNode schema = schemas.putObject(name);
            if (type == Flow.class || !type.isRecord()) {
                schema.put("type", "object");
            } else {
                record(type, schema);
            }
        }
        return SCHEMAS + name;
    }

    private void record(Class<?> type, ObjectNode schema) {
        schema.put("type", "object");
        ArrayNode required = Json.MAPPER.createArrayNode();
        properties(type, schema.putObject("properties"), required);
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
    }

    private void properties(Class<?> type, ObjectNode properties, ArrayNode required) {
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
                properties(component.getType(), properties, required);
                continue;
            }
            String name = SNAKE.translate(component.getName());
            value(component.getGenericType(), properties.putObject(name));
            if (!isNullable(component) || component.isAnnotationPresent(Required.class)) {
                required.add(name);
            }
        }
    }

    private static boolean isNullable(RecordComponent component) {
        AnnotatedType type = component.getAnnotatedType();
        return type.isAnnotationPresent(Nullable.class);
    }

    private void value(Type type, ObjectNode schema) {
        if (type instanceof ParameterizedType generic) {
            if (generic.getRawType() == Map.class) {
                value(
                        generic.getActualTypeArguments()[1],
                        schema.put("type", "object").putObject("additionalProperties"));
            } else {
                value(
                        generic.getActualTypeArguments()[0],
                        schema.put("type", "array").putObject("items"));
            }
            return;
        }
        Class<?> plain = (Class<?>) type;
        if (plain == String.class) {
            schema.put("type", "string");
        } else if (plain == boolean.class || plain == Boolean.class) {
            schema.put("type", "boolean");
        } else if (plain == double.class || plain == Double.class) {
            schema.put("type", "number");
        } else if (plain.isPrimitive() || Number.class.isAssignableFrom(plain)) {
            schema.put("type", "integer");
        } else if (plain.isEnum()) {
            ArrayNode names = schema.put("type", "string").putArray("enum");
            for (Object each : plain.getEnumConstants()) {
                names.add(jsonName(each));
            }
        } else {
            schema.put("$ref", ref(plain));
        }
    }

    /** The JSON value of an enum constant. */
    static String jsonName(Object constant) {
        Enum<?> value = (Enum<?>) constant;
        try {
            JsonProperty named =
                    value.getDeclaringClass().getField(value.name()).getAnnotation(JsonProperty.class);
            return named == null ? value.name() : named.value();
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException("an enum has its constants as fields", e);
        }
    }
}
