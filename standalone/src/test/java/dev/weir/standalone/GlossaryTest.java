package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.service.NotifyReason;
import dev.weir.analytics.judge.PolicyOutcome;
import dev.weir.model.BaselineState;
import dev.weir.model.Expected;
import dev.weir.model.Feedback;
import dev.weir.model.Severity;
import dev.weir.model.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The glossary compared with the values that messages, metrics and the API have. */
class GlossaryTest {
    private static final Path GLOSSARY = Path.of("../docs/reference/glossary.md");
    private static final int MOST_WORDS_OF_A_TERM = 3;

    private static List<List<String>> rows() throws IOException {
        try (var lines = Files.lines(GLOSSARY)) {
            return lines.filter(line -> line.startsWith("| ") && !line.startsWith("| word"))
                    .map(line -> List.of(line.substring(2).split(" \\|(?: |$)", -1)))
                    .toList();
        }
    }

    @Test
    void rowHasATermASentenceAndASource() throws IOException {
        assertThat(rows()).hasSizeGreaterThan(50).allSatisfy(row -> {
            assertThat(row).hasSize(4);
            assertThat(row.get(0).split(" ")).hasSizeLessThanOrEqualTo(MOST_WORDS_OF_A_TERM);
            assertThat(row.get(1)).matches("(?s)[A-Z`].*\\.");
            assertThat(row.get(2)).isNotBlank();
        });
    }

    @Test
    void termStandsOnce() throws IOException {
        assertThat(rows().stream().flatMap(row -> Stream.of(row.get(0).split(", "))))
                .doesNotHaveDuplicates();
    }

    @Test
    void glossaryNamesEachValueThatUsersMeet() throws IOException {
        String text = rows().stream().map(row -> row.get(0) + " " + row.get(1)).collect(Collectors.joining("\n"));
        Set<String> words = new HashSet<>(List.of(text.split("[^A-Za-z_-]+")));
        assertThat(words)
                .containsAll(names(Verdict.values(), Verdict::name))
                .containsAll(names(Expected.values(), Expected::id))
                .containsAll(names(PolicyOutcome.values(), PolicyOutcome::id))
                .containsAll(names(BaselineState.values(), BaselineState::id))
                .containsAll(names(Severity.values(), Severity::id))
                .containsAll(names(IncidentStatus.values(), IncidentStatus::id))
                .containsAll(names(Feedback.Action.values(), Feedback.Action::name))
                .containsAll(names(NotifyReason.values(), NotifyReason::id));
    }

    private static <T> List<String> names(T[] values, Function<T, String> name) {
        return Stream.of(values).map(name).toList();
    }
}
