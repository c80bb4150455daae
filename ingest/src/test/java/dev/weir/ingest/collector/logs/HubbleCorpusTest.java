package dev.weir.ingest.collector.logs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.orientation.Orienter;
import dev.weir.model.Direction;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import dev.weir.model.codec.FlowCodec;
import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real lines of Hubble's export, kept beside the checkout. */
@Tag("shared-data")
class HubbleCorpusTest {
    private static final Path LINES = Path.of("../../shared/data/collectors/hubble.jsonl");

    private final List<String> problems = new ArrayList<>();

    @Test
    void everyLineIsRead() throws Exception {
        List<Flow> flows = new ArrayList<>();
        FlowLines lines = new FlowLines("hubble.jsonl", null, problem -> problems.add(problem.message()));
        for (String line : Files.readAllLines(LINES)) {
            Flow flow = lines.flow(new LineSource.Line(line.getBytes(StandardCharsets.UTF_8), 0));
            if (flow != null) {
                flows.add(flow);
            }
        }
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
    void replyAndRequestLandOnOneEdge() throws Exception {
        Orienter orienter = new Orienter(Duration.ofSeconds(2), 10, new IngestMetrics(new CollectorRegistry()));
        List<Flow> flows = new ArrayList<>();
        try (FlowFiles files = new FlowFiles(List.of(LINES.toString()), null, null, orienter, problems::add)) {
            files.forEachRemaining(value -> flows.add(FlowCodec.decode(value)));
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
}
