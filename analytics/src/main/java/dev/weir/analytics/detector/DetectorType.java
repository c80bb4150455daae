package dev.weir.analytics.detector;

import dev.weir.analytics.detector.threatlist.ThreatFiles;
import dev.weir.common.config.ConfigSections;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * One kind of detector as the registry holds it. Its section in the configuration, its default settings and its part in
 * lateral movement follow from here.
 *
 * @param <C> settings, a serializable record that takes null for each component that has a default
 */
public final class DetectorType<C extends Record> {
    private final DetectorInfo info;
    private final Class<C> config;
    private final BiFunction<C, ThreatFiles, List<Detector<?>>> factory;
    private final boolean learnsInRecordings;

    private DetectorType(
            DetectorInfo info,
            Class<C> config,
            BiFunction<C, ThreatFiles, List<Detector<?>>> factory,
            boolean learnsInRecordings) {
        this.info = info;
        this.config = config;
        this.factory = factory;
        this.learnsInRecordings = learnsInRecordings;
    }

    /** A detector that needs its own settings only. */
    public static <C extends Record> DetectorType<C> of(
            DetectorInfo info, Class<C> config, Function<C, Detector<?>> factory) {
        return new DetectorType<>(info, config, (settings, threats) -> List.of(factory.apply(settings)), false);
    }

    /**
     * One or more detectors with the same id and settings and different scopes.
     *
     * @param factory also receives the threat lists
     */
    public static <C extends Record> DetectorType<C> ofSeveral(
            DetectorInfo info, Class<C> config, BiFunction<C, ThreatFiles, List<Detector<?>>> factory) {
        return new DetectorType<>(info, config, factory, false);
    }

    /**
     * The same type, which learns for a shorter time in a recording that is shorter than its least time of learning:
     * its settings are a {@link LearningConfig}.
     */
    public DetectorType<C> learningInRecordings() {
        return new DetectorType<>(info, config, factory, true);
    }

    public DetectorInfo info() {
        return info;
    }

    public String id() {
        return info.id();
    }

    /** True if it learns for a shorter time in a shorter recording. */
    boolean learnsInRecordings() {
        return learnsInRecordings;
    }

    /** The settings of a configuration that leaves the detector's section out. */
    public C defaults() {
        return ConfigSections.defaultsOf(config);
    }

    /** The settings of this type, given as one of many sections. */
    C of(Record settings) {
        return Objects.requireNonNull(config.cast(settings));
    }

    /** The detectors with the settings of a configuration. */
    List<Detector<?>> create(DetectorsConfig detectors, ThreatFiles threats) {
        return factory.apply(detectors.of(this), threats);
    }
}
