package dev.weir.ingest.collector.logs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.orientation.Orienter;
import dev.weir.ingest.pipeline.EventClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.model.Direction;
import dev.weir.model.Flow;
import dev.weir.model.TcpFlags;
import dev.weir.model.Verdict;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Reads real lines of Hubble's export, of NetObserv and of AWS, kept beside the checkout. */
@Tag("shared-data")
class LogsCorpusTest {
    private static final Path FOLDER = Path.of("../../shared/data/collectors");
    private static final Path LINES = FOLDER.resolve("hubble.jsonl");

    private final List<String> problems = new ArrayList<>();

    @Test
    void everyLineIsRead() throws Exception {
        List<Flow> flows = read("hubble.jsonl");
        assertThat(problems).isEmpty();
        assertThat(flows).hasSize(5);
        assertThat(flows).allSatisfy(flow -> {
            assertThat(flow.source().bytes()).isNull();
            assertThat(flow.source().packets()).isNull();
        });

        Flow probe = flows.get(0);
        assertThat(probe.source().pod()).isNull();
        assertThat(probe.source().node()).startsWith("ip-192-168-85-176");
        assertThat(probe.destination().workload()).isEqualTo("coredns");
        assertThat(probe.destination().port()).isEqualTo(8181);

        Flow deniedByRule = flows.get(1);
        assertThat(deniedByRule.verdict()).isEqualTo(Verdict.DROPPED);
        assertThat(deniedByRule.dropReason()).isEqualTo("POLICY_DENY");
        assertThat(deniedByRule.destination().labels()).containsExactly(Map.entry("app", "echo-server"));

        Flow deniedByDefault = flows.get(2);
        assertThat(deniedByDefault.dropReason()).isEqualTo("POLICY_DENIED");
        assertThat(deniedByDefault.isReply()).isNull();
        assertThat(deniedByDefault.source().workload()).isNull();

        Flow forward = flows.get(4);
        assertThat(forward.direction()).isEqualTo(Direction.EGRESS);
        assertThat(forward.source().pod()).isEqualTo("kapinger-bad-6b5b787dc9-ds4j4");
        assertThat(forward.destination().pod()).isEqualTo("kapinger-good-64cbf459c4-q4tr9");
    }

    @Test
    void netobservRecordKeepsItsFields() throws Exception {
        assertThat(read("netobserv_record.json")).singleElement().satisfies(flow -> {
            assertThat(flow.startMs()).isEqualTo(1_708_011_866_459L);
            assertThat(flow.endMs()).isEqualTo(1_708_011_867_121L);
            assertThat(flow.source().pod()).isEqualTo("service-ca-operator-575d5cf89-s8pjm");
            assertThat(flow.source().node()).isEqualTo("ip-10-0-1-7.ec2.internal");
            assertThat(flow.source().bytes()).isEqualTo(132);
            assertThat(flow.source().packets()).isEqualTo(2);
            assertThat(flow.source().tcpFlags()).isEqualTo(TcpFlags.ACK);
            assertThat(flow.destination().ip()).isEqualTo("172.20.0.1");
            assertThat(flow.destination().port()).isEqualTo(6443);
            assertThat(flow.verdict()).as("one of its two packets was dropped").isEqualTo(Verdict.FORWARDED);
            assertThat(flow.reporter()).isEqualTo("10.0.1.7");
        });
        assertThat(problems).isEmpty();
    }

    @Test
    void awsHeaderAndLinesWithoutFlowAreRead() throws Exception {
        assertThat(read("aws_vpc_flow.log")).singleElement().satisfies(flow -> {
            assertThat(flow.startMs()).isEqualTo(1_566_848_875_000L);
            assertThat(flow.endMs()).isEqualTo(1_566_848_933_000L);
            assertThat(flow.source().ip()).isEqualTo("52.213.180.42");
            assertThat(flow.source().port()).isEqualTo(43_416);
            assertThat(flow.source().bytes()).isEqualTo(568);
            assertThat(flow.source().packets()).isEqualTo(8);
            assertThat(flow.source().tcpFlags()).isEqualTo(TcpFlags.SYN);
            assertThat(flow.destination().port()).isEqualTo(5001);
            assertThat(flow.verdict()).isEqualTo(Verdict.FORWARDED);
            assertThat(flow.reporter()).isEqualTo("eni-1235b8ca123456789");
        });
        assertThat(problems).as("NODATA and SKIPDATA are in order").isEmpty();
    }

    @Test
    void replyAndRequestLandOnOneEdge() throws Exception {
        IngestMetrics metrics = new IngestMetrics(new CollectorRegistry());
        FlowStages stages = new FlowStages(null, new Orienter(Duration.ofSeconds(2), 10, metrics), null);
        List<Flow> flows = new ArrayList<>();
        try (FlowFiles files = new FlowFiles(
                List.of(LINES.toString()),
                null,
                sink -> new FlowPipeline(FileCollector.KIND, stages, new EventClock(), sink, metrics),
                problems::add)) {
            files.forEachRemaining(flows::add);
        }
        assertThat(problems).isEmpty();
        assertThat(flows)
                .filteredOn(flow -> "kapinger-bad".equals(flow.source().workload()))
                .singleElement()
                .satisfies(flow -> {
                    assertThat(flow.destination().workload()).isEqualTo("kapinger-good");
                    assertThat(flow.destination().port()).isEqualTo(8080);
                    assertThat(flow.isReply()).isFalse();
                });
        assertThat(flows).noneMatch(flow -> "kapinger-good".equals(flow.source().workload()));
    }

    private List<Flow> read(String name) throws IOException {
        List<Flow> flows = new ArrayList<>();
        FlowLines lines = new FlowLines(name, null, problem -> problems.add(problem.message()), word -> {});
        for (String line : Files.readAllLines(FOLDER.resolve(name))) {
            Flow flow = lines.flow(new LineSource.Line(line.getBytes(StandardCharsets.UTF_8), 0));
            if (flow != null) {
                flows.add(flow);
            }
        }
        return flows;
    }
}
