package dev.weir.analytics.detector;

import dev.weir.common.config.ConfigSections;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Settings of all detectors: a section for each type of the registry, and the file with settings of workloads. */
public final class DetectorsConfig extends ConfigSections {
    private static final long serialVersionUID = 1L;
    private static final String WORKLOADS = "workloads";

    /** Creates the default settings. */
    public DetectorsConfig() {
        this(defaultSections());
    }

    private DetectorsConfig(Map<String, ? extends Record> sections) {
        super(sections);
    }

    /** The default settings. */
    public static DetectorsConfig defaults() {
        return new DetectorsConfig();
    }

    private static Map<String, Record> defaultSections() {
        Map<String, Record> sections = new LinkedHashMap<>();
        Detectors.TYPES.forEach(type -> sections.put(type.info().key(), type.defaults()));
        sections.put(WORKLOADS, new WorkloadsConfig(null));
        return sections;
    }

    @Override
    protected DetectorsConfig with(Map<String, ? extends Record> others) {
        return new DetectorsConfig(others);
    }

    /** The settings of one type of detector; the defaults if the type is not in the registry. */
    public <C extends Record> C of(DetectorType<C> type) {
        Record settings = sections().get(type.info().key());
        return settings == null ? type.defaults() : type.of(settings);
    }

    /** The place of settings of single workloads. */
    public WorkloadsConfig workloads() {
        return (WorkloadsConfig) Objects.requireNonNull(sections().get(WORKLOADS));
    }

    /** A copy with another least time of learning. */
    public DetectorsConfig learning(Duration learn) {
        Map<String, Record> sections = new LinkedHashMap<>(sections());
        sections.replaceAll((key, each) -> each instanceof LearningConfig known ? known.learning(learn) : each);
        return new DetectorsConfig(sections);
    }

    /**
     * A copy with a shorter least time of learning of the detectors that {@link DetectorType#learningInRecordings()
     * learn in recordings}, unless their own is as short.
     */
    public DetectorsConfig learningAtMost(Duration learn) {
        Map<String, Record> sections = new LinkedHashMap<>(sections());
        Detectors.TYPES.stream()
                .filter(DetectorType::learnsInRecordings)
                .map(type -> type.info().key())
                .forEach(key -> sections.computeIfPresent(key, (same, each) -> atMost(each, learn)));
        return new DetectorsConfig(sections);
    }

    private static Record atMost(Record settings, Duration learn) {
        boolean isLonger =
                settings instanceof LearningConfig known && known.learn().compareTo(learn) > 0;
        return isLonger ? ((LearningConfig) settings).learning(learn) : settings;
    }
}
