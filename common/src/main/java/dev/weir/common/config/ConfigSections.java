package dev.weir.common.config;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A section of a configuration whose own sections a registry declares: one settings record for each key. A subclass has
 * a public constructor without parameters, which makes the default settings of all its sections.
 */
@JsonDeserialize(using = SectionsDeserializer.class)
public abstract class ConfigSections implements Serializable {
    private static final long serialVersionUID = 1L;

    private final LinkedHashMap<String, Record> sections;

    /**
     * Creates the settings.
     *
     * @param sections a record for each key, in the order of the registry
     */
    protected ConfigSections(Map<String, ? extends Record> sections) {
        this.sections = new LinkedHashMap<>(sections);
    }

    /** The settings record of each key. */
    public final Map<String, Record> sections() {
        return Collections.unmodifiableMap(sections);
    }

    /** A copy with other records for the same keys. */
    protected abstract ConfigSections with(Map<String, ? extends Record> others);

    /** The default settings of a section: its record with every component left out. */
    public static <R extends Record> R defaultsOf(Class<R> type) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(component -> component.getType())
                .toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(new Object[types.length]);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " must accept null for every component", e);
        }
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other != null && other.getClass() == getClass() && ((ConfigSections) other).sections.equals(sections);
    }

    @Override
    public final int hashCode() {
        return sections.hashCode();
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + sections;
    }
}
