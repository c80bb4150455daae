package dev.weir.ingest.collector.datagrams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.common.config.ConfigException;
import dev.weir.common.config.UnavailableException;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.CollectorSetup;
import dev.weir.ingest.pipeline.FlowClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.model.Flow;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class DatagramsCollectorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LINE = """
            {"start_ms":1000,"end_ms":2000,"protocol":"TCP","verdict":"FORWARDED",\
            "source":{"ip":"10.0.0.1","port":40000},"destination":{"ip":"10.0.0.2","port":443}}""";

    private final List<Flow> flows = new CopyOnWriteArrayList<>();
    private final IngestMetrics metrics = new IngestMetrics(new CollectorRegistry());

    /** Sends a datagram. The kernel may drop it, so tests send again until they see its effect. */
    private static void send(int port, String line) throws IOException {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
        }
    }

    private DatagramsCollector started(int port) {
        DatagramsConfig config = new DatagramsConfig(true, "127.0.0.1", port, null);
        DatagramsCollector collector = new DatagramsCollector(config, new Setup());
        collector.start();
        return collector;
    }

    @Test
    void lineOfADatagramIsAFlow() {
        try (DatagramsCollector collector = started(0)) {
            await().atMost(PATIENCE).until(() -> {
                send(collector.port(), LINE);
                return !flows.isEmpty();
            });
        }
        assertThat(flows.get(0).destination().port()).isEqualTo(443);
    }

    @Test
    void damagedLineIsCounted() {
        try (DatagramsCollector collector = started(0)) {
            await().atMost(PATIENCE).until(() -> {
                send(collector.port(), "{}");
                return metrics.linesRejected.labels("datagrams", "weir").get() > 0;
            });
        }
        assertThat(flows).isEmpty();
    }

    @Test
    void portInUseNamesItsKey() {
        try (DatagramsCollector first = started(0)) {
            assertThatThrownBy(() -> started(first.port()))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("ingest.datagrams.port");
        }
    }

    @Test
    void unknownFormatIsRefused() {
        assertThatThrownBy(() -> new DatagramsConfig(true, null, null, "nonsense"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("nonsense");
    }

    @Test
    void collectorIsOffByDefault() {
        assertThat(DatagramsCollector.TYPE.createAlone(new Setup(), DatagramsCollector.TYPE.defaults()))
                .isNull();
    }

    /** A process whose pipelines end in a list. */
    private final class Setup implements CollectorSetup {
        @Override
        public FlowPipeline dropping(String kind) {
            return waiting(kind);
        }

        @Override
        public FlowPipeline waiting(String kind, FlowClock time) {
            return new FlowPipeline(kind, FlowStages.NONE, time, (collector, flow) -> flows.add(flow), metrics);
        }

        @Override
        public InstantSource clock() {
            return InstantSource.system();
        }

        @Override
        public IngestMetrics metrics() {
            return metrics;
        }
    }
}
