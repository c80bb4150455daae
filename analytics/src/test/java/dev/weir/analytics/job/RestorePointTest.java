package dev.weir.analytics.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.StateBackend;
import dev.weir.analytics.job.AnalyticsMain.Arguments;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.config.UnavailableException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestorePointTest {
    private static final AnalyticsConfig CONFIG = AnalyticsConfig.defaults();

    @TempDir
    Path folder;

    @Test
    void newestOfAllRunsIsTakenAndClaimed() throws IOException {
        complete("aaaa/chk-90", 1_000);
        complete("bbbb/chk-2", 2_000);
        assertThat(newest()).contains(new RestorePoint(uri("bbbb/chk-2"), RecoveryClaimMode.CLAIM));
    }

    @Test
    void savepointThatIsNewerStaysTheOperators() throws IOException {
        complete("aaaa/chk-90", 1_000);
        complete("savepoints/savepoint-aaaa-12", 3_000);
        assertThat(newest())
                .contains(new RestorePoint(uri("savepoints/savepoint-aaaa-12"), RecoveryClaimMode.NO_CLAIM));
    }

    @Test
    void incompleteCheckpointIsPassedOver() throws IOException {
        complete("aaaa/chk-1", 1_000);
        complete("aaaa/chk-2", 2_000);
        Path torn = folder.resolve("aaaa/chk-2/_metadata");
        byte[] whole = Files.readAllBytes(torn);
        Files.write(torn, Arrays.copyOf(whole, whole.length - 3));
        modified(torn, 2_000);
        Files.createDirectories(folder.resolve("aaaa/chk-3"));
        complete("aaaa/chk-4", 4_000);
        Files.write(folder.resolve("aaaa/chk-4/_metadata"), new byte[0]);
        assertThat(newest()).map(RestorePoint::path).contains(uri("aaaa/chk-1"));
    }

    @Test
    void folderThatIsMissingOrEmptyHasNone() throws IOException {
        assertThat(newest()).isEmpty();
        assertThat(RestorePoint.newest(new org.apache.flink.core.fs.Path(uri("never"))))
                .isEmpty();
    }

    /** The process may be killed before its first checkpoint. */
    @Test
    void freshStartIsNotForgottenByTheNext() throws IOException {
        complete("aaaa/chk-1", 1_000);
        assertThat(StreamingRun.restorePoint(folder, false, CONFIG)).isPresent();
        assertThat(StreamingRun.restorePoint(folder, true, CONFIG)).isEmpty();
        assertThat(StreamingRun.restorePoint(folder, false, CONFIG)).isEmpty();
        complete("bbbb/chk-1", 2_000);
        assertThat(StreamingRun.restorePoint(folder, true, CONFIG)).isEmpty();
        assertThat(folder.resolveSibling(folder.getFileName() + "-discarded/bbbb"))
                .isDirectory();
    }

    @Test
    void startResumesUnlessAskedOtherwise() throws IOException {
        complete("aaaa/chk-1", 1_000);
        Configuration flink = new Configuration();
        assertThat(AnalyticsMain.restorePoint(Arguments.parse(), flink, CONFIG)).isEmpty();
        flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toUri().toString());
        assertThat(AnalyticsMain.restorePoint(Arguments.parse(), flink, CONFIG))
                .map(RestorePoint::path)
                .contains(uri("aaaa/chk-1"));
        assertThat(AnalyticsMain.restorePoint(Arguments.parse("--fresh"), flink, CONFIG))
                .isEmpty();
        assertThat(AnalyticsMain.restorePoint(Arguments.parse("--from-savepoint", "s3://b/sp"), flink, CONFIG))
                .contains(RestorePoint.savepoint("s3://b/sp"));
        complete("by-flink", 2_000);
        flink.set(StateRecoveryOptions.SAVEPOINT_PATH, uri("by-flink"));
        flink.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
        assertThat(AnalyticsMain.restorePoint(Arguments.parse(), flink, CONFIG))
                .contains(new RestorePoint(uri("by-flink"), RecoveryClaimMode.CLAIM));
    }

    @Test
    void stateOfAnotherReleaseIsRefusedWithTheWayOn() throws IOException {
        Path metadata = Files.createDirectories(folder.resolve("aaaa/chk-7")).resolve("_metadata");
        try (OutputStream out = Files.newOutputStream(metadata)) {
            Checkpoints.storeCheckpointMetadata(state(StateFormat.JUDGE), out);
        }
        Configuration flink = new Configuration();
        flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toUri().toString());
        assertRefused(() -> AnalyticsMain.restorePoint(Arguments.parse(), flink, CONFIG));
        assertRefused(() ->
                AnalyticsMain.restorePoint(Arguments.parse("--from-savepoint", uri("aaaa/chk-7")), flink, CONFIG));
        assertRefused(() -> StreamingRun.requireReadable(folder, CONFIG));
        assertThat(AnalyticsMain.restorePoint(Arguments.parse("--fresh"), flink, CONFIG))
                .isEmpty();
        flink.set(StateRecoveryOptions.SAVEPOINT_PATH, uri("aaaa/chk-7"));
        assertRefused(() -> AnalyticsMain.restorePoint(Arguments.parse(), flink, CONFIG));
        assertThat(StreamingRun.restorePoint(folder, true, CONFIG)).isEmpty();
        complete("bbbb/chk-1", System.currentTimeMillis() + 1_000);
        StreamingRun.requireReadable(folder, CONFIG);
    }

    private void assertRefused(ThrowingCallable start) {
        assertThatThrownBy(start)
                .isInstanceOf(UnavailableException.class)
                .hasMessageStartingWith(uri("aaaa/chk-7"))
                .hasMessageContaining("another release")
                .hasMessageContaining("--fresh")
                .hasMessageContaining("baselines");
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "ROCKSDB"})
    void stateGoesBackIntoItsBackend(StateBackend backend) throws Exception {
        writeState(backend);
        RestorePoint point = newest().orElseThrow();
        Configuration settings = FlinkSettings.streaming(CONFIG);
        point.requireReadable(CONFIG);
        point.requireReadable(CONFIG.keeping(backend));
        point.applyTo(settings);
        assertThat(settings.get(StateBackendOptions.STATE_BACKEND))
                .isEqualTo(backend == StateBackend.HEAP ? "hashmap" : "rocksdb");
        StateBackend other = backend == StateBackend.HEAP ? StateBackend.ROCKSDB : StateBackend.HEAP;
        assertThatThrownBy(() -> point.requireReadable(CONFIG.keeping(other)))
                .isInstanceOf(UnavailableException.class)
                .hasMessageStartingWith(point.path())
                .hasMessageContaining("backend " + backend.name().toLowerCase(Locale.ROOT))
                .hasMessageContaining("analytics.state")
                .hasMessageContaining("--fresh");
    }

    /** Writes the checkpoint of a job that keeps a number for each of some keys. */
    private void writeState(StateBackend backend) throws Exception {
        Configuration settings = FlinkSettings.streaming(CONFIG.keeping(backend), folder);
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
        settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(64));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, settings);
        env.fromSource(
                        new DataGeneratorSource<>(
                                number -> number, Long.MAX_VALUE, RateLimiterStrategy.perSecond(1_000), Types.LONG),
                        WatermarkStrategy.noWatermarks(),
                        "numbers")
                .keyBy(number -> number % 100)
                .reduce((a, b) -> b)
                .uid(StateFormat.uid(StateFormat.JUDGE))
                .sinkTo(new DiscardingSink<>());
        JobClient job = env.executeAsync();
        await().atMost(Duration.ofMinutes(2)).until(() -> newest().isPresent());
        job.cancel().get();
    }

    @Test
    void savepointThatIsMissingIsRefused() {
        assertThatThrownBy(() -> RestorePoint.savepoint(uri("none")).requireReadable(CONFIG))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining(uri("none"))
                .hasMessageContaining("_metadata");
    }

    @Test
    void jobHasTheOperatorThatMarksTheFormat() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, FlinkSettings.bounded());
        AnalyticsJob.define(
                env,
                KafkaIo.sources(new KafkaConfig("127.0.0.1:1", Map.of())),
                KafkaIo.sinks(new KafkaConfig("127.0.0.1:1", Map.of())),
                AnalyticsConfig.defaults(),
                true);
        List<OperatorID> operators = new ArrayList<>();
        env.getStreamGraph(false).getJobGraph().getVertices().forEach(vertex -> vertex.getOperatorIDs()
                .forEach(pair -> operators.add(pair.getGeneratedOperatorID())));
        assertThat(operators).contains(StateFormat.id(StateFormat.uid(StateFormat.JUDGE)));
    }

    @Test
    void argumentsAreReadInAnyOrder() {
        assertThat(Arguments.parse("--from-savepoint", "p", "--config", "f.yaml"))
                .isEqualTo(new Arguments(Path.of("f.yaml"), "p", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--config", "--from-savepoint", "--configDir x", "--fresh --from-savepoint p", "file.yaml"})
    void argumentsThatAreWrongAreRefused(String arguments) {
        assertThatThrownBy(() -> Arguments.parse(arguments.split(" "))).isInstanceOf(ConfigException.class);
    }

    private Optional<RestorePoint> newest() throws IOException {
        return RestorePoint.newest(org.apache.flink.core.fs.Path.fromLocalFile(folder.toFile()));
    }

    private String uri(String path) {
        return "file:" + folder.resolve(path);
    }

    private static CheckpointMetadata state(String uid) {
        return new CheckpointMetadata(
                1, List.of(new OperatorState("judge", uid, StateFormat.id(uid), 1, 128)), List.of());
    }

    private void complete(String name, long modifiedMs) throws IOException {
        Path metadata = Files.createDirectories(folder.resolve(name)).resolve("_metadata");
        try (OutputStream out = Files.newOutputStream(metadata)) {
            Checkpoints.storeCheckpointMetadata(state(StateFormat.uid(StateFormat.JUDGE)), out);
        }
        modified(metadata, modifiedMs);
    }

    private static void modified(Path file, long ms) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(ms));
    }
}
