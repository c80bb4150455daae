package dev.weir.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class InputProblemsTest {
    private final StringWriter printed = new StringWriter();
    private final InputProblems problems = new InputProblems(new PrintWriter(printed, true));

    @Test
    void firstProblemsAreListedAndAllAreCounted() {
        for (int i = 0; i < 600_000; i++) {
            problems.accept("line " + i);
        }
        assertThat(problems.end()).isEqualTo(600_000);
        assertThat(printed.toString().lines())
                .hasSize(InputProblems.MOST_LISTED + 1)
                .startsWith("weir: line 0")
                .endsWith("weir: 599980 further problems are not listed; 600000 in all");
    }

    @Test
    void fewProblemsNeedNoSummary() {
        problems.accept("only one");
        assertThat(problems.end()).isEqualTo(1);
        assertThat(printed.toString().lines()).containsExactly("weir: only one");
    }
}
