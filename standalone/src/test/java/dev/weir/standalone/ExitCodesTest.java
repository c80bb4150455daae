package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.standalone.command.ExitCode;
import dev.weir.standalone.command.Weir;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Exit codes that every command shares. */
class ExitCodesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "analyze MISSING",
                "analyze MISSING --manifests MISSING",
                "detect tune --detector port-scan --flows MISSING",
                "policy check MISSING",
                "policy explain --from a/b --to c/d --port 80 MISSING",
                "policy test MISSING",
                "policy simulate --proposed MISSING --flows MISSING",
                "policy recommend --flows MISSING",
                "policy map MISSING",
                "collect logs MISSING",
                "collect pcap MISSING",
                "collect kubernetes --kubeconfig MISSING",
                "up --config MISSING",
                "ingest --config MISSING",
                "alerting --config MISSING",
                "alerting check --config MISSING",
                "topics --config MISSING",
            })
    void aMissingFileIsAWrongCommand(String arguments) {
        String missing = folder.resolve("none").toString();
        StringWriter err = new StringWriter();
        CommandLine line = Weir.commandLine();
        line.setOut(new PrintWriter(new StringWriter()));
        line.setErr(new PrintWriter(err, true));
        int code = line.execute(arguments.replace("MISSING", missing).split(" "));
        assertThat(err.toString()).contains(missing);
        assertThat(code).as(err.toString()).isEqualTo(ExitCode.WRONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"analyze FOLDER", "policy recommend --flows FOLDER"})
    void aFolderIsNoFileOfFlows(String arguments) {
        StringWriter err = new StringWriter();
        CommandLine line = Weir.commandLine();
        line.setErr(new PrintWriter(err, true));
        assertThat(line.execute(arguments.replace("FOLDER", folder.toString()).split(" ")))
                .isEqualTo(ExitCode.WRONG);
        assertThat(err.toString()).contains(folder + ": is a folder; name the files in it");
    }

    @Test
    void tokenFileCannotBeReadThenAlertingCheckFindsIt() throws Exception {
        String missing = folder.resolve("no-tokens.yaml").toString();
        Path config = Files.writeString(
                folder.resolve("weir.yaml"), "alerting: {http: {tokens: %1$s, token_file: %1$s}}\n".formatted(missing));
        StringWriter err = new StringWriter();
        CommandLine line = Weir.commandLine();
        line.setOut(new PrintWriter(new StringWriter()));
        line.setErr(new PrintWriter(err, true));
        assertThat(line.execute("alerting", "check", "--config", config.toString()))
                .isEqualTo(ExitCode.WRONG);
        assertThat(err.toString()).contains(missing);
    }

    @Test
    void jobStateOfAnotherReleaseIsRefusedInASentence() throws Exception {
        Path state = Files.createDirectories(folder.resolve("data/checkpoints/aaaa/chk-7"));
        try (OutputStream metadata = Files.newOutputStream(state.resolve("_metadata"))) {
            OperatorState judge = new OperatorState("judge", "judge", new OperatorID(), 1, 128);
            Checkpoints.storeCheckpointMetadata(new CheckpointMetadata(7, List.of(judge), List.of()), metadata);
        }
        Path config = Files.writeString(
                folder.resolve("weir.yaml"),
                "{kafka: {port: 0}, ingest: {netflow: {enabled: false}}, alerting: {http: {port: 0}}}");
        StringWriter err = new StringWriter();
        CommandLine line = Weir.commandLine();
        line.setOut(new PrintWriter(new StringWriter()));
        line.setErr(new PrintWriter(err, true));
        int code = line.execute(
                "up",
                "--config",
                config.toString(),
                "--data",
                folder.resolve("data").toString());
        assertThat(code).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString())
                .contains(state.toString(), "another release", "--fresh", "baselines")
                .doesNotContain("\tat ");
    }
}
