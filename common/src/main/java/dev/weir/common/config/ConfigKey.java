package dev.weir.common.config;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One key of a section: a component of its record, or a section that a registry declares.
 *
 * @param name as files have it
 * @param genericType the type of the value with its parameters
 */
public record ConfigKey(String name, Class<?> type, Type genericType) {
    private static final PropertyNamingStrategies.SnakeCaseStrategy SNAKE =
            new PropertyNamingStrategies.SnakeCaseStrategy();

    /** The keys of a section, in the order of its declaration. */
    public static List<ConfigKey> of(Class<?> section) {
        List<ConfigKey> keys = new ArrayList<>();
        if (section.isRecord()) {
            for (RecordComponent component : section.getRecordComponents()) {
                if (isUnwrapped(component)) {
                    keys.addAll(of(component.getType()));
                } else {
                    keys.add(new ConfigKey(name(component), component.getType(), component.getGenericType()));
                }
            }
        } else {
            for (Map.Entry<String, Record> inner :
                    defaultSections(section).sections().entrySet()) {
                Class<?> type = inner.getValue().getClass();
                keys.add(new ConfigKey(inner.getKey(), type, type));
            }
        }
        return keys;
    }

    /**
     * The values of a section by the names of its keys, in the order of its declaration; null for a key without one.
     */
    public static Map<String, @Nullable Object> values(Object section) {
        if (section instanceof ConfigSections sections) {
            return new LinkedHashMap<>(sections.sections());
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (RecordComponent component : section.getClass().getRecordComponents()) {
            try {
                Object value = component.getAccessor().invoke(section);
                if (isUnwrapped(component)) {
                    values.putAll(values(value));
                } else {
                    values.put(name(component), value);
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a record has accessors", e);
            }
        }
        return values;
    }

    /** True if the keys of the component's section stand among those of the record. */
    private static boolean isUnwrapped(RecordComponent component) {
        return component.getAccessor().isAnnotationPresent(JsonUnwrapped.class);
    }

    private static String name(RecordComponent component) {
        return SNAKE.translate(component.getName());
    }

    /** True if values of the type are sections with keys of their own. */
    static boolean isSection(Class<?> type) {
        return type.isRecord() || ConfigSections.class.isAssignableFrom(type);
    }

    /** True if the value is a section with keys of its own. */
    public boolean isSection() {
        return isSection(type);
    }

    static ConfigSections defaultSections(Class<?> type) {
        try {
            return (ConfigSections) type.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " must have a public constructor without parameters", e);
        }
    }
}
