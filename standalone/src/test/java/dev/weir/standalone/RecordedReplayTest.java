package dev.weir.standalone;

import static dev.weir.common.Millis.DAY;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.StateBackend;
import dev.weir.analytics.job.OfflineRun;
import dev.weir.ingest.collector.logs.FlowFiles;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import dev.weir.model.codec.FlowCodec;
import dev.weir.standalone.demo.Week;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Recorded flows give the alerts of {@code weir analyze} with one, two and four tasks, with a restore in the middle,
 * and with either state backend. The first half of the flows is read by one number of tasks and the second half by
 * another. The system property {@code weir.test.replays.all} takes three pairs of numbers for each backend in place of
 * one.
 */
@Tag("long")
@Tag("shared-data")
class RecordedReplayTest {
    private static final Path SETS = Path.of("../../shared/data/flows");
    private static final byte[] MARKER = "no flow".getBytes(StandardCharsets.UTF_8);
    private static final AnalyticsConfig CONFIG = AnalyticsConfig.defaults().atAnyTime();

    @TempDir
    static Path folder;

    private static ReplayedJob job;

    @BeforeAll
    static void start() throws Exception {
        job = new ReplayedJob(folder);
    }

    @AfterAll
    static void stop() {
        job.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "iot23_34_1_mirai",
                "nezha_trainticket_day1",
                "otrf_apt29_day1",
                "westermo_right",
                "more/ctu230_njrat_c2",
                "more/rita_proxy_rolling_2h",
                "more/slips_portscans"
            })
    void recordedSetGivesTheSameAlerts(String name) throws Exception {
        List<Flow> flows = new ArrayList<>();
        try (FlowFiles file = FlowFiles.connections(
                List.of(SETS.resolve(name + ".flows.ndjson.gz").toString()), problem -> {
                    throw new AssertionError(problem);
                })) {
            file.forEachRemaining(flows::add);
        }
        // Everything is new, so that there are alerts to compare.
        alertsAreTheSame(flows, Duration.ZERO);
    }

    @Test
    void weekGivesTheSameAlerts() throws Exception {
        List<Flow> flows = new ArrayList<>();
        new Week(1).forEachRemaining(flows::add);
        alertsAreTheSame(flows, Duration.ofDays(1));
    }

    private static void alertsAreTheSame(List<Flow> flows, Duration learn) throws Exception {
        List<ReplayedJob.Placed> placed = placed(flows);
        AnalyticsConfig config = CONFIG.learning(learn);
        Map<String, ObjectNode> expected = ReplayedJob.comparable(OfflineRun.run(
                        placed.stream().map(ReplayedJob.Placed::value).iterator(), List.of(), config, rejected -> {
                            throw new AssertionError(rejected.reason());
                        })
                .alerts());
        assertThat(expected).as("alerts to compare").isNotEmpty();
        for (StateBackend backend : List.of(StateBackend.HEAP, StateBackend.ROCKSDB)) {
            for (List<Integer> tasks : tasks(backend)) {
                replay(placed, config.keeping(backend), tasks.get(0), tasks.get(1), expected);
            }
        }
    }

    /** The numbers of tasks before and after the restore. */
    private static List<List<Integer>> tasks(StateBackend backend) {
        if (Boolean.getBoolean("weir.test.replays.all")) {
            return List.of(List.of(1, 2), List.of(2, 4), List.of(4, 1));
        }
        return List.of(backend == StateBackend.HEAP ? List.of(4, 1) : List.of(2, 4));
    }

    /** Spreads the flows over the partitions. Each ends with a flow of two days later, which ends all that is open. */
    private static List<ReplayedJob.Placed> placed(List<Flow> flows) {
        Random random = new Random(7);
        List<ReplayedJob.Placed> placed = new ArrayList<>();
        for (Flow flow : flows) {
            placed.add(new ReplayedJob.Placed(FlowCodec.encode(flow), random.nextInt(ReplayedJob.PARTITIONS)));
        }
        long last = flows.stream().mapToLong(Flow::endMs).max().orElseThrow() + 2 * DAY;
        Flow later = Flow.builder()
                .startMs(last)
                .endMs(last)
                .source(Endpoint.of("10.255.255.1", 123))
                .destination(Endpoint.of("10.255.255.2", 123))
                .protocol("UDP")
                .verdict(Verdict.FORWARDED)
                .build();
        for (int partition = 0; partition < ReplayedJob.PARTITIONS; partition++) {
            placed.add(new ReplayedJob.Placed(FlowCodec.encode(later), partition));
        }
        return placed;
    }

    private static void replay(
            List<ReplayedJob.Placed> flows,
            AnalyticsConfig config,
            int before,
            int after,
            Map<String, ObjectNode> expected)
            throws Exception {
        int middle = flows.size() / 2;
        List<ReplayedJob.Placed> firstHalf = marked(flows.subList(0, middle));
        List<ReplayedJob.Placed> secondHalf = marked(flows.subList(middle, flows.size()));
        List<ReplayedJob.Placed> all = new ArrayList<>(firstHalf);
        all.addAll(secondHalf);
        job.clear();
        job.publish(firstHalf);
        ReplayedJob.Run run = job.new Run(config, false, ReplayedJob.end(all));
        run.toTheMarkers(before);
        job.publish(secondHalf);
        run.restoredUntil(after, 2 * ReplayedJob.PARTITIONS, expected);
    }

    /** Returns the flows and, for each partition, a value that is no flow. */
    private static List<ReplayedJob.Placed> marked(List<ReplayedJob.Placed> flows) {
        List<ReplayedJob.Placed> marked = new ArrayList<>(flows);
        for (int partition = 0; partition < ReplayedJob.PARTITIONS; partition++) {
            marked.add(new ReplayedJob.Placed(MARKER, partition));
        }
        return marked;
    }
}
