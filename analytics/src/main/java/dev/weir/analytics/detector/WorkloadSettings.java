package dev.weir.analytics.detector;

import dev.weir.common.config.ConfigException;
import dev.weir.common.config.ConfigLoader;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Settings of single workloads and namespaces. The first entry that matches a workload applies to it.
 *
 * @param settings in the order of the file
 */
record WorkloadSettings(List<Entry> settings) {

    WorkloadSettings(@Nullable List<Entry> settings) {
        this.settings = settings == null ? List.of() : List.copyOf(settings);
    }

    /**
     * One entry of the file.
     *
     * @param workloads {@code namespace/name}, {@code *} for any part of either
     * @param off ids of detectors that do not run for these workloads
     * @param detectors settings that differ, by section and key as in the configuration
     */
    record Entry(List<String> workloads, List<String> off, Map<String, Map<String, Object>> detectors) {
        Entry(
                @Nullable List<String> workloads,
                @Nullable List<String> off,
                @Nullable Map<String, Map<String, Object>> detectors) {
            this.workloads = workloads == null ? List.of() : List.copyOf(workloads);
            this.off = off == null ? List.of() : List.copyOf(off);
            this.detectors = detectors == null ? Map.of() : Map.copyOf(detectors);
        }

        List<Pattern> patterns() {
            return workloads.stream()
                    .map(name -> Pattern.compile("\\Q" + name.replace("*", "\\E[^/]*\\Q") + "\\E"))
                    .toList();
        }
    }

    /** The detector that replaces the usual one for some workloads; null where it is off. */
    record Replacement<S>(List<Pattern> workloads, @Nullable Detector<S> detector) implements Serializable {
        private static final long serialVersionUID = 1L;

        boolean isFor(String workload) {
            return workloads.stream()
                    .anyMatch(pattern -> pattern.matcher(workload).matches());
        }
    }

    /**
     * The usual detectors with the settings of a file applied to them.
     *
     * @param registry makes all detectors of a configuration, always in the same order
     * @throws ConfigException naming the file and the key
     */
    static List<Detector<?>> apply(
            String file, DetectorsConfig config, Function<DetectorsConfig, List<Detector<?>>> registry) {
        List<Detector<?>> usual = registry.apply(config);
        List<Entry> entries =
                ConfigLoader.document(Path.of(file), WorkloadSettings.class).settings();
        Set<String> ids = usual.stream().map(Detector::id).collect(Collectors.toSet());
        List<List<Detector<?>>> others = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            String where = file + ": settings[" + i + "]";
            check(where, entries.get(i), ids);
            others.add(registry.apply(ConfigLoader.changed(
                    where + ".detectors", config, entries.get(i).detectors())));
        }
        List<Detector<?>> all = new ArrayList<>();
        for (int i = 0; i < usual.size(); i++) {
            List<Replacement<?>> replacements = new ArrayList<>();
            for (int j = 0; j < entries.size(); j++) {
                boolean off = entries.get(j).off().contains(usual.get(i).id());
                replacements.add(new Replacement<>(
                        entries.get(j).patterns(), off ? null : others.get(j).get(i)));
            }
            all.add(new ByWorkload<>(usual.get(i), replacements));
        }
        return all;
    }

    private static void check(String where, Entry entry, Set<String> ids) {
        if (entry.workloads().isEmpty()) {
            throw new ConfigException(where + ".workloads: is missing; for example ['shop/web', 'batch/*']");
        }
        for (String pattern : entry.workloads()) {
            if (pattern.chars().filter(c -> c == '/').count() != 1) {
                throw new ConfigException(where + ".workloads: '" + pattern + "' is not namespace/name");
            }
        }
        for (String id : entry.off()) {
            if (!ids.contains(id)) {
                throw new ConfigException(where + ".off: '" + id + "' is no detector");
            }
        }
        if (entry.detectors().containsKey("workloads")) {
            throw new ConfigException(where + ".detectors.workloads: settings of workloads have none of their own");
        }
    }
}
