package dev.weir.common.config;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The keys of a config record by their dotted paths, as the loader accepts them and the reference page lists them. */
public final class ConfigSchema {
    private static final PropertyNamingStrategies.SnakeCaseStrategy SNAKE =
            new PropertyNamingStrategies.SnakeCaseStrategy();

    private final Map<String, RecordComponent> components = new LinkedHashMap<>();

    private ConfigSchema() {}

    public static ConfigSchema of(Class<?> record) {
        ConfigSchema schema = new ConfigSchema();
        schema.add("", record);
        return schema;
    }

    /** All paths, sections included. */
    public Set<String> keys() {
        return components.keySet();
    }

    /** The paths that hold a value rather than a section. */
    public Set<String> leaves() {
        return components.keySet().stream().filter(this::isLeaf).collect(Collectors.toSet());
    }

    public boolean knows(String path) {
        return components.containsKey(path);
    }

    public boolean isLeaf(String path) {
        RecordComponent component = components.get(path);
        return component != null && !component.getType().isRecord();
    }

    boolean isList(String path) {
        RecordComponent component = components.get(path);
        return component != null && List.class.isAssignableFrom(component.getType());
    }

    boolean isMap(String path) {
        RecordComponent component = components.get(path);
        return component != null && Map.class.isAssignableFrom(component.getType());
    }

    /** The type of a leaf as the reference page names it. */
    public String typeName(String path) {
        RecordComponent component = components.get(path);
        if (component == null) {
            throw new IllegalArgumentException("no key " + path);
        }
        return component.getGenericType() instanceof ParameterizedType generic
                ? component.getType().getSimpleName() + " of "
                        + ((Class<?>) generic.getActualTypeArguments()[0]).getSimpleName()
                : component.getType().getSimpleName();
    }

    /** The key of a record component in files. */
    static String key(RecordComponent component) {
        return SNAKE.translate(component.getName());
    }

    private void add(String prefix, Class<?> record) {
        for (RecordComponent component : record.getRecordComponents()) {
            String path = prefix + key(component);
            components.put(path, component);
            if (component.getType().isRecord()) {
                add(path + ".", component.getType());
            }
        }
    }
}
