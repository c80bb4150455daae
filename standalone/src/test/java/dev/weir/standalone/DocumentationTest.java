package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.notify.NotifierType;
import dev.weir.alerting.notify.Notifiers;
import dev.weir.analytics.Limit;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Detectors;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.analytics.job.AnalyticsMain;
import dev.weir.analytics.judge.PolicyOutcome;
import dev.weir.common.config.ConfigKey;
import dev.weir.common.config.ConfigLoader;
import dev.weir.common.config.ConfigSchema;
import dev.weir.common.config.Durations;
import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Alert;
import dev.weir.model.PolicyKind;
import dev.weir.standalone.command.ProcessConfig;
import dev.weir.standalone.command.Weir;
import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The documents compared with the code. */
class DocumentationTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern ROW = Pattern.compile("^\\| `([a-z0-9_.]+)` \\|", Pattern.MULTILINE);
    private static final Pattern DETECTOR = Pattern.compile("^\\| `([a-z0-9-]+)` \\|", Pattern.MULTILINE);
    /** The kind and the settings of a row of receivers. */
    private static final Pattern RECEIVER = Pattern.compile("(?m)^\\| `([a-z]+)` \\| ([^|]+) \\|");

    /** The kinds and the groups of a row of policies. */
    private static final Pattern POLICY_KINDS = Pattern.compile("(?m)^\\| ([A-Za-z, ]+) \\| (`[^|]+) \\|");

    private static final Pattern SETTING = Pattern.compile("`([a-z_]+)`");
    /** A word of a command line; a quoted text is one word, as a shell reads it. */
    private static final Pattern WORD = Pattern.compile("\"[^\"]*\"|\\S+");

    /** A metric that an operator registers with Flink. */
    private static final Pattern FLINK_METRIC = Pattern.compile("\\.(?:counter|gauge)\\(\"([a-z_]+)\"");

    /** A row of the metrics' reference: the name and the cell of its meaning. */
    private static final Pattern METRIC = Pattern.compile("(?m)^\\| `([a-z0-9_]+)` \\| [a-z]+ \\| ([^|]+) \\|");

    private static final String METRICS = "docs/reference/metrics.md";
    private static final String FLINK_HEADING = "\n## The Flink job\n";

    /** A block of Java under the path of its file. The file of an example stands in the tests, so that it is run. */
    private static final Pattern EXAMPLE = Pattern.compile("(?m)^`([^`\n]+\\.java)`:\n\n```java\n((?s:.*?))```$");

    /** The row of new files on a page that says how to extend: what they are, their number, and their lines. */
    private static final Pattern SIZE = Pattern.compile("(?m)^\\| new: ([^|]*test) \\| ([0-9]+) \\| ([0-9]+) \\|");

    private static final int LINES_OF_PACKAGE_INFO = 5;

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(#[^)]*)?\\)");

    /** A row of the configuration's reference: the key and the cell of its default. */
    private static final Pattern DEFAULT = Pattern.compile("^\\| `([a-z0-9_.]+)` \\| ([^|]+?) \\|", Pattern.MULTILINE);

    private static final String CONFIGURATION = "docs/reference/configuration.md";
    private static final String AND_OTHERS = " and others";
    private static final List<Class<? extends Record>> CONFIGS = List.of(
            UpConfig.class, ProcessConfig.OfIngest.class, ProcessConfig.OfAlerting.class, AnalyticsMain.Settings.class);

    @Test
    void everyKeyIsDocumentedAndNoOther() throws IOException {
        Set<String> keys = new TreeSet<>();
        CONFIGS.forEach(root -> keys.addAll(ConfigSchema.of(root).leaves()));
        assertThat(rows(CONFIGURATION)).isEqualTo(keys);
    }

    @Test
    void meaningsOfKeysAreThings() throws IOException {
        Pattern question =
                Pattern.compile("(?m)^\\| `[a-z0-9_.]+` \\| [^|]+ \\| (how|whether|where|which|what|who) .*");
        assertThat(question.matcher(Files.readString(ROOT.resolve(CONFIGURATION)))
                        .results())
                .extracting(MatchResult::group)
                .isEmpty();
    }

    @Test
    void documentedDefaultsAreThoseOfTheCode() throws IOException {
        Map<String, String> documented = new HashMap<>();
        Matcher row = DEFAULT.matcher(Files.readString(ROOT.resolve(CONFIGURATION)));
        while (row.find()) {
            documented.put(row.group(1), row.group(2));
        }
        List<String> wrong = new ArrayList<>();
        for (Class<? extends Record> root : CONFIGS) {
            Map<String, @Nullable Object> defaults = new LinkedHashMap<>();
            addLeaves("", root, ConfigLoader.load(null, root, Map.of()), defaults);
            defaults.forEach((key, value) -> {
                String cell = documented.getOrDefault(key, "no row");
                if (!describes(cell, value)) {
                    wrong.add(key + ": the page has " + cell + ", the code " + value);
                }
            });
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyMetricIsDocumentedAndNoOther() throws IOException {
        String ofProcesses = Files.readString(ROOT.resolve(METRICS)).split(FLINK_HEADING)[0];
        assertThat(names(ROW, ofProcesses)).isEqualTo(ComposeTest.metrics());
    }

    @Test
    void metricsAreDescribedByTheirHelp() throws IOException {
        CollectorRegistry registry = new CollectorRegistry();
        new IngestMetrics(registry);
        new AlertingMetrics(registry);
        Map<String, String> documented = new HashMap<>();
        Matcher row = METRIC.matcher(Files.readString(ROOT.resolve(METRICS)).split(FLINK_HEADING)[0]);
        while (row.find()) {
            documented.put(row.group(1), row.group(2));
        }
        List<String> wrong = new ArrayList<>();
        for (MetricFamilySamples family : Collections.list(registry.metricFamilySamples())) {
            String name = family.type == Collector.Type.COUNTER ? family.name + "_total" : family.name;
            String cell = documented.getOrDefault(name, "no row");
            if (!cell.equals(family.help)) {
                wrong.add(name + ": the page has '" + cell + "', the code '" + family.help + "'");
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyFlinkMetricIsDocumentedAndNoOther() throws IOException {
        Set<String> registered = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(ROOT.resolve("analytics/src/main/java"))) {
            for (Path source :
                    sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                registered.addAll(names(FLINK_METRIC, Files.readString(source)));
            }
        }
        Stream.of(Limit.values()).forEach(limit -> registered.add(limit.metric()));
        String ofFlink =
                Files.readString(ROOT.resolve(METRICS)).split(FLINK_HEADING)[1].replace("detector.ID.", "");
        assertThat(names(ROW, ofFlink)).isEqualTo(registered);
    }

    @Test
    void everyDetectorHasARunbook() throws IOException {
        Set<String> ids = new TreeSet<>();
        Detectors.all(DetectorsConfig.defaults()).forEach(detector -> ids.add(detector.id()));
        Stream.of(PolicyOutcome.values()).forEach(outcome -> ids.add(outcome.id()));
        ids.addAll(List.of(Alert.LATERAL_MOVEMENT, Alert.DIGEST));
        Set<String> runbooks = new TreeSet<>();
        try (Stream<Path> files = Files.list(ROOT.resolve("docs/runbooks"))) {
            files.map(file -> file.getFileName().toString().replace(".md", ""))
                    .filter(name -> !name.equals("README"))
                    .forEach(runbooks::add);
        }
        assertThat(runbooks).isEqualTo(ids);
    }

    @Test
    void everyDetectorIsDocumentedAndNoOther() throws IOException {
        Set<String> ids = new TreeSet<>();
        Detectors.all(DetectorsConfig.defaults()).forEach(detector -> ids.add(detector.id()));
        Set<String> documented = new TreeSet<>();
        Matcher row = DETECTOR.matcher(Files.readString(ROOT.resolve("docs/reference/detectors.md")));
        while (row.find()) {
            documented.add(row.group(1));
        }
        assertThat(documented).isEqualTo(ids);
    }

    @Test
    void detectorRowsHoldWhatDetectorsDeclare() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/reference/detectors.md"));
        for (DetectorType<?> type : Detectors.TYPES) {
            DetectorInfo info = type.info();
            assertThat(page)
                    .containsPattern("(?m)^\\| `" + info.id() + "` \\| " + info.category() + "[^|]*\\| "
                            + info.impact().name().toLowerCase(Locale.ROOT) + "[^|]*\\| "
                            + String.join(", ", info.techniques()));
        }
    }

    @Test
    void receiversAreThoseOfTheRegistry() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/reference/alerting.md"));
        String section = page.split("\n## Receivers\n")[1].split("\n## ")[0];
        Map<String, String> rows = new LinkedHashMap<>();
        Matcher row = RECEIVER.matcher(section);
        while (row.find()) {
            rows.put(row.group(1), row.group(2));
        }
        assertThat(rows.keySet())
                .containsExactlyElementsOf(
                        Notifiers.TYPES.stream().map(NotifierType::kind).toList());
        for (NotifierType<?> type : Notifiers.TYPES) {
            // The least severity of alerting.slack and alerting.webhook has no effect in a receiver.
            Set<String> settings = new TreeSet<>(ConfigSchema.of(type.config()).leaves());
            settings.remove("min_severity");
            assertThat(names(SETTING, rows.get(type.kind()))).as(type.kind()).containsAll(settings);
        }
    }

    @Test
    void policyKindsAreThoseOfTheRegistry() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/reference/policies.md"));
        String section = page.split("\n## Kinds\n")[1].split("\n## ")[0];
        List<String> documented = new ArrayList<>();
        POLICY_KINDS.matcher(section).results().forEach(row -> {
            for (String kind : row.group(1).split(", ")) {
                for (String group : row.group(2).split(", ")) {
                    documented.add(kind + " of " + group.replaceAll("`|/.*", ""));
                }
            }
        });
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(PolicyKind.ALL.stream()
                        .map(kind -> kind.kind() + " of " + kind.group())
                        .toList());
    }

    @Test
    void everyCommandInTheDocumentsIsOne() throws IOException {
        int commands = 0;
        for (Path document : documents()) {
            for (String line : Files.readAllLines(document)) {
                if (line.strip().startsWith("./weir ")) {
                    String command = line.strip().substring("./weir ".length()).replaceAll("\\s+[#>].*", "");
                    String[] words = WORD.matcher(command)
                            .results()
                            .map(MatchResult::group)
                            .toArray(String[]::new);
                    Weir.commandLine().parseArgs(words);
                    commands++;
                }
            }
        }
        assertThat(commands).isGreaterThan(5);
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        for (Path document : documents()) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                if (!link.group(1).startsWith("http")) {
                    assertThat(document.resolveSibling(link.group(1)))
                            .as(document.toString())
                            .exists();
                }
            }
        }
    }

    @Test
    void everyExampleOfAConfigurationLoads() throws IOException {
        Map<String, Class<?>> roots = Map.of(
                "up.yaml", UpConfig.class,
                "ingest.yaml", ProcessConfig.OfIngest.class,
                "analytics.yaml", AnalyticsMain.Settings.class,
                "alerting.yaml", ProcessConfig.OfAlerting.class);
        Path folder = ROOT.resolve("docs/reference/examples");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".yaml")))
                    .containsExactlyInAnyOrderElementsOf(roots.keySet());
        }
        roots.forEach((name, root) -> assertThat(ConfigLoader.load(folder.resolve(name), root, Map.of()))
                .as(name)
                .isNotNull());
    }

    @Test
    void examplesOfHowToExtendAreTestedCode() throws IOException {
        int examples = 0;
        for (Path document : documents()) {
            Matcher example = EXAMPLE.matcher(Files.readString(document));
            while (example.find()) {
                Path tested = ROOT.resolve(example.group(1).replace("/src/main/", "/src/test/"));
                assertThat(example.group(2)).as(document + ": " + tested).isEqualTo(Files.readString(tested));
                examples++;
            }
        }
        assertThat(examples).isGreaterThanOrEqualTo(10);
    }

    @Test
    void sizesOfHowToExtendAreThoseOfTheExamples() throws IOException {
        List<String> sizes = new ArrayList<>();
        List<String> counted = new ArrayList<>();
        for (Path document : documents()) {
            String page = Files.readString(document);
            Matcher size = SIZE.matcher(page);
            if (size.find()) {
                long files = EXAMPLE.matcher(page).results().count();
                long lines = EXAMPLE.matcher(page)
                        .results()
                        .mapToLong(example -> example.group(2).lines().count())
                        .sum();
                boolean isPackage = size.group(1).contains("package-info");
                sizes.add(document.getFileName() + " " + size.group(2) + " " + size.group(3));
                counted.add(document.getFileName() + " " + (files + (isPackage ? 1 : 0)) + " "
                        + (lines + (isPackage ? LINES_OF_PACKAGE_INFO : 0)));
            }
        }
        assertThat(sizes).hasSize(5).isEqualTo(counted);
    }

    private static Set<String> rows(String file) throws IOException {
        return names(ROW, Files.readString(ROOT.resolve(file)));
    }

    private static Set<String> names(Pattern pattern, String text) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(
                ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md"), ROOT.resolve("benchmarks/README.md")));
        try (Stream<Path> all = Files.walk(ROOT.resolve("docs"))) {
            all.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
        }
        return documents;
    }

    /** Adds the values of a section by their dotted paths; those of an absent section are null. */
    private static void addLeaves(
            String prefix, Class<?> type, @Nullable Object section, Map<String, @Nullable Object> leaves) {
        Map<String, @Nullable Object> values = section == null ? Map.of() : ConfigKey.values(section);
        for (ConfigKey key : ConfigKey.of(type)) {
            Object value = values.get(key.name());
            if (key.isSection()) {
                addLeaves(prefix + key.name() + ".", key.type(), value, leaves);
            } else {
                leaves.put(prefix + key.name(), value);
            }
        }
    }

    /**
     * True if the cell of a row describes the default. The cell of a single value holds it as code. That of a list or a
     * map holds all elements or keys, or some of them and "and others". That of a key without a value, or with an empty
     * collection, holds words.
     */
    private static boolean describes(String cell, @Nullable Object value) {
        boolean isCode = cell.startsWith("`") && cell.endsWith("`");
        Collection<?> elements = value instanceof Map<?, ?> map
                ? map.keySet()
                : value instanceof Collection<?> collection ? collection : List.of();
        if (!elements.isEmpty()) {
            Set<String> expected = elements.stream().map(String::valueOf).collect(Collectors.toSet());
            Set<String> listed = Set.of(cell.replace(AND_OTHERS, "").split(", "));
            return cell.endsWith(AND_OTHERS)
                    ? listed.size() < expected.size() && expected.containsAll(listed)
                    : listed.equals(expected);
        }
        if (value == null || value instanceof Map || value instanceof Collection) {
            return !isCode;
        }
        return isCode && isWritten(cell.substring(1, cell.length() - 1), value);
    }

    private static boolean isWritten(String text, Object value) {
        if (value instanceof Duration duration) {
            return Durations.parse(text).equals(duration);
        }
        if (value instanceof Double number) {
            return Double.parseDouble(text) == number;
        }
        return text.equals(
                value instanceof Enum<?> constant ? constant.name().toLowerCase(Locale.ROOT) : value.toString());
    }
}
