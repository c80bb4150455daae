package dev.weir.common.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.NameTransformer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads {@link ConfigSections}; a section that is left out has its default settings. */
final class SectionsDeserializer extends JsonDeserializer<ConfigSections> implements ContextualDeserializer {
    private final Class<?> type;

    SectionsDeserializer() {
        this(ConfigSections.class);
    }

    private SectionsDeserializer(Class<?> type) {
        this.type = type;
    }

    @Override
    public JsonDeserializer<?> createContextual(DeserializationContext context, BeanProperty property) {
        return new SectionsDeserializer(context.getContextualType().getRawClass());
    }

    /**
     * The sections of an unwrapped component stand among the keys of its record, of which this takes its own. Jackson
     * passes over a component whose deserializer returns itself here.
     */
    @Override
    public JsonDeserializer<ConfigSections> unwrappingDeserializer(NameTransformer unwrapper) {
        return new SectionsDeserializer(type);
    }

    @Override
    public ConfigSections deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        if (!(context.readTree(parser) instanceof ObjectNode tree)) {
            throw MismatchedInputException.from(parser, type, "no section");
        }
        ConfigSections defaults = ConfigKey.defaultSections(type);
        Map<String, Record> sections = new LinkedHashMap<>(defaults.sections());
        for (Map.Entry<String, Record> section : sections.entrySet()) {
            JsonNode given = tree.get(section.getKey());
            if (given == null || given.isNull()) {
                continue;
            }
            try {
                section.setValue(
                        context.readTreeAsValue(given, section.getValue().getClass()));
            } catch (JsonMappingException e) {
                throw JsonMappingException.wrapWithPath(e, type, section.getKey());
            }
        }
        return defaults.with(sections);
    }
}
