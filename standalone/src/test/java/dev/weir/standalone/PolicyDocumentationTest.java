package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.standalone.command.ExitCode;
import dev.weir.standalone.command.Weir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the how-to pages about policies: writes the files that they show and runs every command in their order. */
class PolicyDocumentationTest {
    private static final Path PAGES = Path.of("../docs/how-to");
    private static final Pattern FILE = Pattern.compile("`([^`]+)`:\n\n```yaml\n(.*?)```", Pattern.DOTALL);
    private static final String FAILS = "# exits with 1";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "test-policies-in-ci.md",
                "what-would-it-break.md",
                "default-deny-in-a-week.md",
                "four-policy-languages.md"
            })
    void everyCommandRuns(String page) throws IOException, InterruptedException {
        String text = Files.readString(PAGES.resolve(page));
        Matcher file = FILE.matcher(text);
        while (file.find()) {
            Path target = folder.resolve(file.group(1));
            Files.createDirectories(target.getParent());
            Files.writeString(target, file.group(2));
        }
        launcher();
        List<String> commands =
                text.lines().filter(line -> line.startsWith("./weir ")).toList();
        assertThat(commands).hasSizeGreaterThan(3);
        for (String command : commands) {
            run(command);
        }
    }

    private void run(String command) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("WEIR_"));
        int code = builder.start().waitFor();
        assertThat(code)
                .as(command + "\n" + Files.readString(output))
                .isEqualTo(command.contains(FAILS) ? ExitCode.FAILED : 0);
        if (command.contains("> ")) {
            assertThat(folder.resolve(command.replaceAll(".*> ", ""))).isNotEmptyFile();
        } else {
            assertThat(Files.readString(output)).isNotBlank();
        }
    }

    private void launcher() throws IOException {
        Path weir = folder.resolve("weir");
        Files.writeString(
                weir,
                "#!/bin/sh\nexec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                        + "' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx512m -cp '"
                        + System.getProperty("java.class.path") + "' "
                        + Weir.class.getName() + " \"$@\"\n");
        Files.setPosixFilePermissions(weir, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
