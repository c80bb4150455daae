package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.standalone.command.Weir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Follows the tutorial from the demo to the first decision: each command, and each line that the page shows of its
 * output.
 */
class TutorialTest {
    private static final Path PAGE = Path.of("../docs/tutorial/first-decision.md");
    private static final String DEMO = "http://127.0.0.1:8080";
    private static final Pattern STEP =
            Pattern.compile("```sh\n(?<command>[^`]+?)\n```(?:\n\n```text\n(?<output>[^`]+?)```)?");
    /** The mark for output that the page leaves out. */
    private static final String LEFT_OUT = "[...]";

    @TempDir
    private Path folder;

    @Test
    void eachCommandDoesWhatThePageSays() throws Exception {
        launcher();
        String page = Files.readString(PAGE);
        Matcher step = STEP.matcher(page);
        assertThat(step.find()).isTrue();
        assertThat(step.group("command")).isEqualTo("./weir demo");
        int steps = 0;
        try (WeirProcess demo = WeirProcess.start(folder, "demo", "--port", "0")) {
            await().atMost(WeirProcess.PATIENCE)
                    .until(() -> demo.output().contains("policy-bypass")
                            && demo.output().contains("new-edge"));
            String url = "http://" + demo.address();
            while (step.find()) {
                String command = step.group("command");
                String shown = step.group("output");
                await().atMost(WeirProcess.PATIENCE).untilAsserted(() -> check(command, shown, url));
                steps++;
            }
        }
        assertThat(steps).isGreaterThan(8);
    }

    private void check(String command, String shown, String url) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", command.replace(DEMO, url))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("WEIR_"));
        builder.environment().put("WEIR_URL", url);
        int code = builder.start().waitFor();
        String said = plain(Files.readString(output));
        assertThat(code).as("%s\n%s", command, said).isZero();
        if (shown == null) {
            assertThat(said).as(command).isNotBlank();
            return;
        }
        shown.lines().forEach(line -> {
            for (String part : line.split(Pattern.quote(LEFT_OUT), -1)) {
                assertThat(said).as(command).contains(plain(part).trim());
            }
        });
    }

    private static String plain(String text) {
        return text.replaceAll("[ \t]+", " ");
    }

    private void launcher() throws IOException {
        Path weir = folder.resolve("weir");
        Files.writeString(
                weir,
                "#!/bin/sh\nexec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                        + "' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m -cp '"
                        + System.getProperty("java.class.path") + "' "
                        + Weir.class.getName() + " \"$@\"\n");
        Files.setPosixFilePermissions(weir, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
