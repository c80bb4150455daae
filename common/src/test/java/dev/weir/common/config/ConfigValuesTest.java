package dev.weir.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages about values that do not fit. */
class ConfigValuesTest {
    private static final int MAX_PORT = 65535;

    @TempDir
    Path dir;

    enum Colour {
        red,
        green
    }

    record Root(
            @Nullable Section section,
            @Nullable List<Item> items,
            @Nullable Map<String, String> labels) {}

    record Section(
            @Nullable Integer port,
            @Nullable Long bytes,
            @Nullable Double share,
            @Nullable Boolean on,
            @Nullable Duration pause,
            @Nullable Colour colour,
            @Nullable List<String> files,
            @Nullable String name) {
        Section {
            if (port != null && port > MAX_PORT) {
                throw new ConfigException("port " + port + " is above " + MAX_PORT);
            }
        }
    }

    record Item(@Nullable Integer size) {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "section: {port: many}      | section.port: 'many' is not a whole number, such as 10",
                "section: {port: 1.5}       | section.port: '1.5' is not a whole number, such as 10",
                "section: {port: true}      | section.port: 'true' is not a whole number, such as 10",
                "section: {port: [1]}       | section.port: a list is not a whole number, such as 10",
                "section: {port: {a: 1}}    | section.port: a section of keys and values is not a whole number",
                "section: {port: 99999999999} | section.port: '99999999999' is not a whole number",
                "section: {port: 70000}     | section: port 70000 is above 65535",
                "section: {bytes: 1 MB}     | section.bytes: '1 MB' is not a whole number, such as 10",
                "section: {share: half}     | section.share: 'half' is not a number, such as 0.5",
                "section: {'on': maybe}     | section.on: 'maybe' is not true or false",
                "section: {pause: soon}      | section.pause: 'soon' is not a duration such as 500ms, 90s, 1h30m or 7d",
                "section: {pause: [1s]}      | section.pause: a list is not a duration such as 500ms, 90s, 1h30m or 7d",
                "section: {pause: {a: 1s}}   | section.pause: a section of keys and values is not a duration such as",
                "section: {colour: blue}    | section.colour: 'blue' is not one of red, green",
                "section: {files: a}        | section.files: 'a' is not a list, such as [a, b]",
                "section: {files: [[a]]}    | section.files.0: a list is not a text",
                "section: {name: {a: b}}    | section.name: a section of keys and values is not a text",
                "section: 7                 | section: '7' is not a section of keys and values, such as {key: value}",
                "section: [7]               | section: a list is not a section of keys and values, such as {key: value}",
                "items: [{size: big}]       | items.0.size: 'big' is not a whole number, such as 10",
                "items: {size: 1}           | items: a section of keys and values is not a list, such as [a, b]",
                "labels: [a]                | labels: a list is not a section of keys and values",
            })
    void valueOfWrongTypeIsRefusedWithASentence(String yaml, String message) throws Exception {
        Path file = Files.writeString(dir.resolve("weir.yaml"), yaml + "\n");
        assertThatThrownBy(() -> ConfigLoader.load(file, Root.class, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(file + ":1: " + message)
                .hasMessageNotContainingAny("java.", "dev.weir", "Cannot", "`");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "items: [{size: big}]       | items.0.size: 'big' is not a whole number, such as 10",
                "section: {files: a}        | section.files: 'a' is not a list, such as [a, b]",
                "section: {pause: [1s]}      | section.pause: a list is not a duration such as",
            })
    void documentOfWrongTypeIsRefusedWithASentence(String yaml, String message) throws Exception {
        Path file = Files.writeString(dir.resolve("weir.yaml"), yaml + "\n");
        assertThatThrownBy(() -> ConfigLoader.document(file, Root.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(file + ":1: " + message)
                .hasMessageNotContainingAny("java.", "dev.weir", "Cannot", "`");
    }

    @Test
    void allMistakesAreReportedAtOnce() throws Exception {
        Path file = Files.writeString(
                dir.resolve("weir.yaml"), "sektion: {}\nsection:\n  port: many\n  pause: soon\nitems: 3\n");
        assertThatThrownBy(() -> ConfigLoader.load(file, Root.class, Map.of("WEIR_SECTION_SHARE", "x", "WEIR_NO", "1")))
                .message()
                .satisfies(message -> assertThat(message.lines())
                        .hasSize(6)
                        .anyMatch(line -> line.startsWith(file + ":1: unknown key 'sektion'"))
                        .anyMatch(line -> line.startsWith(file + ":3: section.port: 'many'"))
                        .anyMatch(line -> line.startsWith(file + ":4: section.pause: 'soon'"))
                        .anyMatch(line -> line.startsWith(file + ":5: items: '3'"))
                        .anyMatch(line -> line.startsWith("environment: WEIR_SECTION_SHARE: section.share: 'x'"))
                        .anyMatch(line -> line.startsWith("environment: unknown variable 'WEIR_NO'")));
    }
}
