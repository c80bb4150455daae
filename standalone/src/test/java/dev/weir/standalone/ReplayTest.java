package dev.weir.standalone;

import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.StateBackend;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.publish.ContextPublisher;
import dev.weir.model.Flow;
import dev.weir.model.codec.FlowCodec;
import dev.weir.standalone.demo.Simulator;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same flows give the same alerts for any number of tasks, in any order of arrival, and after a restore. */
@Tag("long")
class ReplayTest {
    private static final long BEGAN = 1_790_000_000_000L;
    private static final int MINUTES = 120;
    private static final int BACKLOG_MINUTES = 2 * 24 * 60;
    /** The disorder of the flows, below the job's bound for out-of-order flows of ten seconds. */
    private static final int DISORDER_MS = 8_000;

    private static final AnalyticsConfig CONFIG =
            AnalyticsConfig.defaults().atAnyTime().learning(Duration.ofMinutes(30));

    @TempDir
    Path folder;

    private ReplayedJob job;
    private AnalyticsConfig config = CONFIG;

    /**
     * Publishes flows to three partitions.
     *
     * @param share of the flows that partition 0 gets; the others get equal parts of the rest
     */
    private void publish(List<Flow> flows, double share) throws Exception {
        job = new ReplayedJob(folder);
        try (ContextPublisher context = new ContextPublisher(job.kafka(), new IngestMetrics(new CollectorRegistry()))) {
            context.publish(new Simulator(5).context());
        }
        Random random = new Random(11);
        job.publish(shuffled(flows, random).stream()
                .map(flow -> new ReplayedJob.Placed(
                        FlowCodec.encode(flow),
                        random.nextDouble() < share ? 0 : 1 + random.nextInt(ReplayedJob.PARTITIONS - 1)))
                .toList());
    }

    @AfterEach
    void stop() {
        job.close();
    }

    /** Two days of traffic, of which one minute in ten has its usual flows. */
    private static List<Flow> backlog() {
        Simulator simulator = new Simulator(5);
        List<Flow> flows = new ArrayList<>(simulator.everyEdge(BEGAN));
        for (int minute = 0; minute < BACKLOG_MINUTES; minute++) {
            long at = BEGAN + minute * MINUTE;
            if (minute % 10 == 0) {
                flows.addAll(simulator.usual(at, at + MINUTE));
            }
            if (minute % 240 == 100) {
                flows.addAll(simulator.forbiddenConnection(at));
            }
            if (minute % 1_440 == 1_300) {
                flows.addAll(simulator.newEdge(at + 10_000));
                flows.addAll(simulator.portScan(at + 20_000));
            }
        }
        return flows;
    }

    private static List<Flow> flows() {
        Simulator simulator = new Simulator(5);
        List<Flow> flows = new ArrayList<>(simulator.everyEdge(BEGAN));
        for (int minute = 0; minute < MINUTES; minute++) {
            long at = BEGAN + minute * MINUTE;
            flows.addAll(simulator.usual(at, at + MINUTE));
            if (minute % 15 == 14) {
                flows.addAll(simulator.everyEdge(at));
            }
            if (minute == 100) {
                flows.addAll(simulator.forbiddenConnection(at));
                flows.addAll(simulator.newEdge(at + 10_000));
                flows.addAll(simulator.portScan(at + 20_000));
            }
        }
        return flows;
    }

    /** Delays each flow by a random time. */
    private static List<Flow> shuffled(List<Flow> flows, Random random) {
        record Arrival(long ms, Flow flow) {}
        return flows.stream()
                .map(flow -> new Arrival(flow.startMs() + random.nextInt(DISORDER_MS), flow))
                .sorted(Comparator.comparingLong(Arrival::ms))
                .map(Arrival::flow)
                .toList();
    }

    @Test
    void backlogIsReadUnevenlyThenAlertsAreTheSame() throws Exception {
        publish(backlog(), 0.7);
        Map<String, ObjectNode> one = run(1);
        assertThat(one.values())
                .extracting(alert -> alert.path("detector").asText())
                .contains("policy-denied", "port-scan");
        afterARestore(4, 2, one);
    }

    @Test
    void alertsDependNeitherOnParallelismNorOnARestore() throws Exception {
        publish(flows(), 1.0 / ReplayedJob.PARTITIONS);
        Map<String, ObjectNode> one = run(1);
        assertThat(one.values())
                .extracting(alert -> alert.path("detector").asText())
                .contains("policy-bypass", "policy-denied", "port-scan", "new-edge");
        assertThat(run(2)).isEqualTo(one);
        assertThat(run(4)).isEqualTo(one);
        afterARestore(2, 4, one);
        config = CONFIG.keeping(StateBackend.HEAP);
        afterARestore(4, 2, one);
    }

    private Map<String, ObjectNode> run(int parallelism) throws Exception {
        ReplayedJob.Run run = job.new Run(config, true, OffsetsInitializer.latest());
        run.toTheEnd(parallelism);
        return run.alerts();
    }

    /** Cancels the job after a checkpoint in the middle, and restores it with another number of tasks. */
    private void afterARestore(int before, int after, Map<String, ObjectNode> expected) throws Exception {
        ReplayedJob.Run run = job.new Run(config, true, ReplayedJob.unreached());
        JobClient first = run.start(before, Duration.ofMillis(300));
        await().atMost(WeirProcess.PATIENCE).until(() -> run.checkpoint().isPresent());
        run.cancel(first);
        assertThat(run.alerts()).as("it is in the middle").isNotEqualTo(expected);
        run.restoredUntil(after, 0, expected);
    }
}
