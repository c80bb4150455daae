package dev.weir.common.config;

import java.lang.reflect.ParameterizedType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The keys of a config record by their dotted paths, as the loader accepts them and the reference page lists them. */
public final class ConfigSchema {
    private final Map<String, ConfigKey> components = new LinkedHashMap<>();

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
        ConfigKey component = components.get(path);
        return component != null && !component.isSection();
    }

    boolean isList(String path) {
        ConfigKey component = components.get(path);
        return component != null && List.class.isAssignableFrom(component.type());
    }

    boolean isMap(String path) {
        ConfigKey component = components.get(path);
        return component != null && Map.class.isAssignableFrom(component.type());
    }

    /** The type of a leaf as the reference page names it. */
    public String typeName(String path) {
        ConfigKey component = components.get(path);
        if (component == null) {
            throw new IllegalArgumentException("no key " + path);
        }
        return component.genericType() instanceof ParameterizedType generic
                ? component.type().getSimpleName() + " of "
                        + ((Class<?>) generic.getActualTypeArguments()[0]).getSimpleName()
                : component.type().getSimpleName();
    }

    private void add(String prefix, Class<?> section) {
        for (ConfigKey component : ConfigKey.of(section)) {
            String path = prefix + component.name();
            components.put(path, component);
            if (component.isSection()) {
                add(path + ".", component.type());
            }
        }
    }
}
