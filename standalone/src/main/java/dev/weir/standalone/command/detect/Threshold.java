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
 * @param section key of the section in {@link DetectorsConfig}
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
        for (Map.Entry<String, Record> section : config.sections().entrySet()) {
            String id = section.getKey().replace('_', '-');
            known.add(id);
            if (id.equals(detector)) {
                return numbers(section.getKey(), section.getValue());
            }
        }
        throw new ConfigException(
                "--detector: '" + detector + "' is no detector with settings; those are " + String.join(", ", known));
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
        return "analytics.detectors." + section + "." + words(name);
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
        Map<String, ?> changes = Map.of("detectors", Map.of(section, Map.of(words(name), other)));
        return ConfigLoader.changed("analytics", config, changes);
    }

    private static Object value(RecordComponent component, Record of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record has accessors", e);
        }
    }

    private static String words(String camel) {
        return camel.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
