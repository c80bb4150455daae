package dev.weir.common.config;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One key of a section: a component of its record, or a section that a registry declares.
 *
 * @param name as files have it
 * @param genericType the type of the value with its parameters
 */
record ConfigKey(String name, Class<?> type, Type genericType) {
    private static final PropertyNamingStrategies.SnakeCaseStrategy SNAKE =
            new PropertyNamingStrategies.SnakeCaseStrategy();

    /** The keys of a section, in the order of its declaration. */
    static List<ConfigKey> of(Class<?> section) {
        List<ConfigKey> keys = new ArrayList<>();
        if (section.isRecord()) {
            for (RecordComponent component : section.getRecordComponents()) {
                keys.add(new ConfigKey(
                        SNAKE.translate(component.getName()), component.getType(), component.getGenericType()));
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

    /** True if values of the type are sections with keys of their own. */
    static boolean isSection(Class<?> type) {
        return type.isRecord() || ConfigSections.class.isAssignableFrom(type);
    }

    boolean isSection() {
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
