package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Programs of this machine that tests run. */
public final class RequiredPrograms {
    private RequiredPrograms() {}

    /** Requires programs: without them the test fails under CI and is skipped elsewhere. */
    public static void require(String... programs) throws Exception {
        abortWithout(missing(List.of(programs)));
    }

    /** Fails under CI, and skips the test elsewhere, if something is missing. */
    public static void abortWithout(@Nullable String missing) {
        if (missing == null) {
            return;
        }
        if ("true".equals(System.getenv("CI"))) {
            fail("this test needs " + missing);
        }
        Assumptions.abort("not run: it needs " + missing);
    }

    /** Returns the first program that is missing, or null. */
    static @Nullable String missing(List<String> programs) throws Exception {
        for (String program : programs) {
            if (attempt("sh", "-c", "command -v " + program) != 0) {
                return "the program " + program;
            }
        }
        return null;
    }

    /** Runs a command and returns its exit code; its output is lost. */
    static int attempt(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor();
    }

    /** Starts a command whose output goes to a file. */
    static Process start(Path log, String... command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** Runs a command that succeeds, and returns its output. */
    static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + ": " + output)
                .isZero();
        return output;
    }
}
