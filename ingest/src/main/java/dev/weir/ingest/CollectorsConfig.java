package dev.weir.ingest;

import dev.weir.common.config.ConfigSections;
import dev.weir.ingest.collector.CollectorType;
import java.util.LinkedHashMap;
import java.util.Map;

/** Settings of all collectors: a section for each type of the registry. */
public final class CollectorsConfig extends ConfigSections {
    private static final long serialVersionUID = 1L;

    /** Creates the default settings. */
    public CollectorsConfig() {
        this(defaultSections());
    }

    private CollectorsConfig(Map<String, ? extends Record> sections) {
        super(sections);
    }

    private static Map<String, Record> defaultSections() {
        Map<String, Record> sections = new LinkedHashMap<>();
        CollectorTypes.ALL.forEach(type -> sections.put(type.kind(), type.defaults()));
        return sections;
    }

    @Override
    protected CollectorsConfig with(Map<String, ? extends Record> others) {
        return new CollectorsConfig(others);
    }

    /** Returns the settings of one kind of collector. */
    public <C extends Record> C of(CollectorType<C> type) {
        Record settings = sections().get(type.kind());
        return settings == null ? type.defaults() : type.of(settings);
    }

    /** Returns a copy with other settings of one kind of collector. */
    public <C extends Record> CollectorsConfig with(CollectorType<C> type, C settings) {
        Map<String, Record> sections = new LinkedHashMap<>(sections());
        sections.put(type.kind(), settings);
        return new CollectorsConfig(sections);
    }
}
