package dev.weir.ingest.collector.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.packet.Packet;
import dev.weir.ingest.pipeline.EventClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.model.Flow;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PcapCollectorTest {
    private final Path folder;
    private final CollectorRegistry registry = new CollectorRegistry();
    private final IngestMetrics metrics = new IngestMetrics(registry);
    private final EventClock clock = new EventClock();
    private final List<Flow> flows = new CopyOnWriteArrayList<>();
    private final AtomicBoolean fails = new AtomicBoolean();

    PcapCollectorTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void fileAfterAFailureIsReadAndTheFailureReported() throws Exception {
        String first = capture("first.pcap", 1);
        String second = capture("second.pcap", 2);
        fails.set(true);
        try (PcapCollector collector = collector(first, second)) {
            collector.start();
            await().until(collector::finished);
            assertThat(collector.problems())
                    .singleElement()
                    .asString()
                    .startsWith(first + ": ")
                    .contains("a failure of the first flow");
        }
        assertThat(flows).extracting(flow -> flow.source().ip()).containsExactly("10.0.0.2");
        assertThat(damaged()).isEqualTo(1);
    }

    @Test
    void failureOfTheOnlyFileEndsReading() throws Exception {
        String only = capture("only.pcap", 1);
        fails.set(true);
        try (PcapCollector collector = collector(only)) {
            collector.start();
            await().until(collector::finished);
            assertThat(collector.problems()).hasSize(1);
        }
        assertThat(damaged()).isEqualTo(1);
    }

    private PcapCollector collector(String... paths) {
        FlowPipeline pipeline = new FlowPipeline(
                PcapCollector.KIND,
                FlowStages.NONE,
                clock,
                (kind, flow) -> {
                    if (fails.compareAndSet(true, false)) {
                        throw new IllegalStateException("a failure of the first flow");
                    }
                    return flows.add(flow);
                },
                metrics);
        return new PcapCollector(new PcapConfig(List.of(paths), null, null, null), clock, pipeline, metrics);
    }

    private double damaged() {
        return registry.getSampleValue("weir_ingest_captures_damaged_total");
    }

    /** Writes a capture of one UDP packet, whose sender's address ends with a number. */
    private String capture(String name, int sender) throws IOException {
        int length = 28;
        ByteBuffer file = ByteBuffer.allocate(24 + 16 + length);
        file.order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0xa1b2c3d4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(65_535)
                .putInt(Packet.Link.RAW);
        file.putInt(sender).putInt(0).putInt(length).putInt(length);
        file.order(ByteOrder.BIG_ENDIAN)
                .putShort((short) 0x4500)
                .putShort((short) length)
                .putInt(0)
                .putInt(0x40110000)
                .putInt(0x0a000000 + sender)
                .putInt(0x0a000100)
                .putShort((short) 40_000)
                .putShort((short) 514)
                .putInt(0x00080000);
        Path path = folder.resolve(name);
        Files.write(path, file.array());
        return path.toString();
    }
}
