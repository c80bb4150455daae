package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a checkout of its own, with programs on the PATH that print how they were called. */
class LauncherTest {
    private static final long PATIENCE_SECONDS = 60;
    private static final String ONE_COMPILER = "-XX:TieredStopAtLevel=1";

    @TempDir
    Path folder;

    private Path home;
    private Path launcher;

    @BeforeEach
    void checkout() throws IOException {
        home = Files.createDirectories(folder.resolve("a checkout")).toRealPath();
        Path app = Files.createDirectories(home.resolve("standalone/target/app"));
        for (String path : List.of("client", "offline", "whole")) {
            Files.writeString(app.resolve(path + ".jar"), "");
        }
        launcher = program(home.resolve("weir"), Files.readString(Path.of("../weir")));
        Path programs = Files.createDirectories(folder.resolve("programs"));
        program(programs.resolve("java"), "#!/bin/sh\nfor each; do echo \"$each\"; done\n");
        program(programs.resolve("mvn"), "#!/bin/sh\necho Maven\n");
    }

    @Test
    void theScriptItselfFindsItsCheckout() throws Exception {
        assertStarts(launcher);
    }

    @Test
    void anAbsoluteLinkFindsTheCheckout() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        assertStarts(Files.createSymbolicLink(bin.resolve("weir"), launcher));
    }

    @Test
    void aRelativeLinkFindsTheCheckout() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        assertStarts(Files.createSymbolicLink(bin.resolve("weir"), Path.of("../a checkout/weir")));
    }

    @Test
    void aChainOfLinksFindsTheCheckout() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Files.createSymbolicLink(folder.resolve("linked"), home);
        Files.createSymbolicLink(bin.resolve("first"), Path.of("../linked/weir"));
        assertStarts(Files.createSymbolicLink(bin.resolve("second"), Path.of("first")));
    }

    @Test
    void commandsThatEndSoonLeaveTheServersOut() throws Exception {
        Files.writeString(home.resolve("standalone/target/app/client.jsa"), "");
        assertThat(lines(launcher, "alerts", "list"))
                .contains(
                        home + "/standalone/target/app/client.jar",
                        "-XX:SharedArchiveFile=" + home + "/standalone/target/app/client.jsa");
        assertThat(lines(launcher, "up"))
                .contains(home + "/standalone/target/app/whole.jar")
                .noneMatch(line -> line.contains("SharedArchiveFile"));
    }

    @Test
    void shortRecordingsAreCompiledOnce() throws Exception {
        Path small = Files.writeString(folder.resolve("small.ndjson"), "{}\n");
        assertThat(lines(launcher, "analyze", "--manifests", folder.toString(), small.toString()))
                .contains(home + "/standalone/target/app/offline.jar", ONE_COMPILER);
    }

    @Test
    void longRecordingsAreCompiledTwice() throws Exception {
        Path packed = folder.resolve("packed.gz");
        Path plain = folder.resolve("plain.ndjson");
        sparse(packed, 10_000_000);
        sparse(plain, 10_000_000);
        assertThat(lines(launcher, "analyze", plain.toString())).contains(ONE_COMPILER);
        assertThat(lines(launcher, "analyze", packed.toString())).doesNotContain(ONE_COMPILER);
        assertThat(lines(launcher, "analyze", "-")).doesNotContain(ONE_COMPILER);
    }

    @Test
    void filesAreFoundInOptions() throws Exception {
        Path small = Files.writeString(folder.resolve("small.ndjson"), "{}\n");
        assertThat(lines(launcher, "detect", "tune", "--flows=" + small)).contains(ONE_COMPILER);
    }

    @Test
    void olderBuildIsBuiltAgain() throws Exception {
        Files.delete(home.resolve("standalone/target/app/offline.jar"));
        assertThat(lines(launcher, "analyze", "-")).anyMatch(line -> line.contains("nothing is built yet"));
    }

    private static void sparse(Path file, long bytes) throws IOException {
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
            content.setLength(bytes);
        }
    }

    private void assertStarts(Path command) throws Exception {
        assertThat(lines(command, "analyze", "two words"))
                .contains(home + "/standalone/target/app/offline.jar")
                .endsWith("dev.weir.standalone.command.Weir", "analyze", "two words")
                .doesNotContain("Maven");
    }

    private List<String> lines(Path command, String... arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of(arguments));
        words.add(0, command.toString());
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().remove("WEIR_HOME");
        builder.environment().merge("PATH", folder.resolve("programs").toString(), (path, first) -> first + ":" + path);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return output.lines().toList();
    }

    private static Path program(Path file, String text) throws IOException {
        Files.writeString(file, text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
