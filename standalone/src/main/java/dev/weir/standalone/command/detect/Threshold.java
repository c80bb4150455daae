package dev.weir.standalone.command.detect;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.ConfigLoader;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One number among the settings of a detector.
 *
 * @param section component of {@link DetectorsConfig}
 * @param name component of the section's record
 * @param value the number in force
 */
record Threshold(String section, String name, Number value) {

    /**
     * All numbers among the settings of a detector.
     *
     * @throws ConfigException when the detector does not exist, or has no numbers
     */
    static List<Threshold> of(String detector, DetectorsConfig config) {
        List<String> known = new ArrayList<>();
        for (RecordComponent section : DetectorsConfig.class.getRecordComponents()) {
            String id = words(section.getName(), '-');
            known.add(id);
            if (id.equals(detector)) {
                return numbers(section.getName(), (Record) value(section, config));
            }
        }
        throw new ConfigException(
                "--detector: '" + detector + "' has no settings; there are " + String.join(", ", known));
    }

    private static List<Threshold> numbers(String section, Record settings) {
        List<Threshold> thresholds = new ArrayList<>();
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
            if (value(component, settings) instanceof Number number) {
                thresholds.add(new Threshold(section, component.getName(), number));
            }
        }
        return thresholds;
    }

    /** The key as it stands in the configuration file. */
    String key() {
        return "analytics.detectors." + words(section, '_') + "." + words(name, '_');
    }

    /** The value times a factor; a whole number stays whole and above zero. */
    Number times(double factor) {
        double scaled = value.doubleValue() * factor;
        if (value instanceof Integer) {
            return (int) Math.max(1, Math.round(scaled));
        }
        return value instanceof Long ? Math.max(1, Math.round(scaled)) : (Number) scaled;
    }

    /** Returns the configuration with another value for this number. */
    AnalyticsConfig set(AnalyticsConfig config, Number other) {
        Map<String, ?> changes = Map.of("detectors", Map.of(words(section, '_'), Map.of(words(name, '_'), other)));
        return ConfigLoader.changed("analytics", config, changes);
    }

    private static Object value(RecordComponent component, Record of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record has accessors", e);
        }
    }

    private static String words(String camel, char between) {
        return camel.replaceAll("([A-Z])", between + "$1").toLowerCase(Locale.ROOT);
    }
}
