package dev.weir.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Flow;
import dev.weir.model.codec.Json;
import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A spool whose Kafka cannot be reached; with a real Kafka it is tested in the module standalone. */
@Timeout(60)
class SpooledFlowsTest {
    private static final Flow FLOW = Json.read(
            "{\"start_ms\":1,\"source\":{\"ip\":\"10.0.0.1\"},\"destination\":{\"ip\":\"10.0.0.2\"},\"protocol\":\"TCP\"}"
                    .getBytes(StandardCharsets.UTF_8),
            Flow.class);

    private final CollectorRegistry registry = new CollectorRegistry();

    @Test
    void flowThatWaitsForRoomIsLostAtTheClose(@TempDir Path folder) {
        SpooledFlows spool = new SpooledFlows(
                new KafkaConfig("127.0.0.1:1", Map.of()),
                new SpoolConfig(folder.toString(), 16L << 20, null),
                InstantSource.system(),
                new IngestMetrics(registry));
        boolean hasRoom = true;
        while (hasRoom) {
            hasRoom = spool.offer("netflow", FLOW);
        }
        assertThat(lost("spool_full")).isEqualTo(1);
        CompletableFuture<Boolean> put = CompletableFuture.supplyAsync(() -> spool.put("netflow", FLOW));
        assertThat(put).isNotDone();
        // Publishing the rest is tried for seconds; a flow without room does not wait for it.
        Thread closing = new Thread(spool::close);
        closing.setDaemon(true);
        closing.start();
        await().until(put::isDone);
        assertThat(put.join()).isFalse();
        assertThat(lost("closing")).isEqualTo(1);
    }

    private double lost(String reason) {
        Double value = registry.getSampleValue(
                "weir_ingest_flows_lost_total", new String[] {"collector", "reason"}, new String[] {"netflow", reason});
        return value == null ? 0 : value;
    }
}
