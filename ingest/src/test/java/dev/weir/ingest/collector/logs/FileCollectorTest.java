package dev.weir.ingest.collector.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weir.common.Backoff;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.orientation.Orienter;
import dev.weir.ingest.pipeline.EventClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.ingest.publish.BatchPublisher;
import dev.weir.ingest.publish.FlowSink;
import dev.weir.ingest.publish.Outgoing;
import dev.weir.ingest.publish.Position;
import dev.weir.model.codec.FlowCodec;
import io.prometheus.client.CollectorRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Failures of a file's collector; with a real Kafka it is tested in the module standalone. */
@Timeout(60)
class FileCollectorTest {
    private static final Backoff BACKOFF = Backoff.constant(Duration.ofMillis(1));

    private final Path file;
    private final CollectorRegistry registry = new CollectorRegistry();
    private final IngestMetrics metrics = new IngestMetrics(registry);
    private final Published published = new Published();
    private final AtomicInteger accepted = new AtomicInteger();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(FileCollector.class);
    /** The flow at whose acceptance the pipeline fails. */
    private int failingFlow;

    FileCollectorTest(@TempDir Path folder) {
        this.file = folder.resolve("flows.ndjson");
        logger.setLevel(Level.INFO);
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    @Test
    void flowsArriveOnceAfterThePipelineFailed() throws Exception {
        append(1, 12_000);
        failingFlow = 7_000;
        try (FileCollector collector = start()) {
            await().until(() -> published.startMs.size() >= 12_000);
            append(12_001, 12_010);
            await().until(() -> published.startMs.size() >= 12_010);
        }
        assertThat(published.startMs).containsExactlyElementsOf(numbers(12_010));
        assertThat(failures()).isEqualTo(1);
        assertThat(messages()).anyMatch(message -> message.contains("after byte") && message.endsWith("in 1 ms"));
    }

    @Test
    void halvesOfThePositionWaitAgainAfterAFailure() throws Exception {
        half(1, "10.0.0.1\",\"port\":50000", "10.0.1.1\",\"port\":80");
        append(2, 6_000);
        half(6_001, "10.0.1.1\",\"port\":80", "10.0.0.1\",\"port\":50000");
        failingFlow = 5_500;
        try (FileCollector collector = start()) {
            await().until(() -> published.startMs.size() >= 6_000);
        }
        assertThat(published.startMs).as("both halves are one flow").hasSize(6_000);
        assertThat(registry.getSampleValue("weir_ingest_flows_merged_total")).isEqualTo(1);
    }

    @Test
    void batchIsRepeatedIfItWasNotPublished() throws Exception {
        append(1, 6_000);
        published.failsBefore = true;
        try (FileCollector collector = start()) {
            await().until(() -> published.startMs.size() >= 6_000);
        }
        assertThat(published.startMs).containsExactlyElementsOf(numbers(6_000));
        assertThat(failures()).isEqualTo(1);
    }

    @Test
    void batchIsNotRepeatedIfItWasPublished() throws Exception {
        append(1, 6_000);
        published.failsAfter = true;
        try (FileCollector collector = start()) {
            await().until(() -> published.startMs.size() >= 6_000);
        }
        assertThat(published.startMs).containsExactlyElementsOf(numbers(6_000));
        assertThat(failures()).isEqualTo(1);
    }

    @Test
    void lastingErrorLogsFewLinesAndReadingGoesOn() throws Exception {
        Files.createDirectory(file);
        try (FileCollector collector = start()) {
            await().until(() -> failures() >= 100);
            Files.delete(file);
            append(1, 10);
            await().until(() -> published.startMs.size() >= 10);
        }
        assertThat(published.startMs).containsExactlyElementsOf(numbers(10));
        assertThat(messages())
                .filteredOn(message -> message.contains("reading failed"))
                .hasSizeBetween(5, (int) failures() / 20 + 1)
                .first()
                .asString()
                .contains("Is a directory", "ingest.logs.paths");
        assertThat(messages()).anyMatch(message -> message.endsWith("reading works again"));
    }

    @Test
    void standardInputGoesOnWithTheLineAfterAFailure() throws Exception {
        append(1, 3);
        failingFlow = 2;
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(Files.readAllBytes(file)));
        try (FileCollector collector = start(FileCollector.STANDARD_INPUT)) {
            await().until(() -> published.startMs.size() >= 2);
        } finally {
            System.setIn(before);
        }
        assertThat(published.startMs).containsExactly(1L, 3L);
        assertThat(failures()).isEqualTo(1);
    }

    private FileCollector start() {
        return start(file.toString());
    }

    private FileCollector start(String path) {
        FileCollector collector = new FileCollector(path, true, null, this::pipeline, published, metrics, BACKOFF);
        collector.start();
        return collector;
    }

    private FlowPipeline pipeline(FlowSink sink) {
        FlowSink failing = (kind, flow) -> {
            if (accepted.incrementAndGet() == failingFlow) {
                throw new IllegalStateException("a failure of one flow");
            }
            return sink.accept(kind, flow);
        };
        Orienter orienter = new Orienter(Duration.ofHours(1), 100, metrics);
        return new FlowPipeline("logs", new FlowStages(null, orienter, null), new EventClock(), failing, metrics);
    }

    private double failures() {
        Double value = registry.getSampleValue(
                "weir_ingest_read_failures_total", new String[] {"collector"}, new String[] {"logs"});
        return value == null ? 0 : value;
    }

    private List<String> messages() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static List<Long> numbers(int last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    /** Appends complete flows whose times are their numbers. */
    private void append(int from, int to) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = from; i <= to; i++) {
            lines.append("{\"start_ms\":")
                    .append(i)
                    .append(",\"protocol\":\"TCP\",\"source\":{\"ip\":\"10.0.0.9\",\"bytes\":1},"
                            + "\"destination\":{\"ip\":\"10.0.1.1\",\"bytes\":1,\"packets\":1}}\n");
        }
        Files.writeString(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Appends a record of one direction of a connection. */
    private void half(int number, String from, String to) throws IOException {
        String line = "{\"start_ms\":" + number + ",\"protocol\":\"TCP\",\"source\":{\"ip\":\"" + from
                + ",\"bytes\":1,\"packets\":1},\"destination\":{\"ip\":\"" + to + "}}\n";
        Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Keeps published flows in memory; it can fail once, before or after a batch is published. */
    private static final class Published implements BatchPublisher {
        final List<Long> startMs = new CopyOnWriteArrayList<>();
        volatile boolean failsBefore;
        volatile boolean failsAfter;
        private @Nullable Position last;

        @Override
        public @Nullable Position position(String source) {
            return last;
        }

        @Override
        public boolean publish(List<Outgoing> flows, Position position) {
            if (failsBefore) {
                failsBefore = false;
                throw new IllegalStateException("not published");
            }
            last = position;
            List<Long> batch = new ArrayList<>();
            flows.forEach(flow -> batch.add(FlowCodec.decode(flow.value()).startMs()));
            startMs.addAll(batch);
            if (failsAfter) {
                failsAfter = false;
                throw new IllegalStateException("published, with an unknown outcome");
            }
            return true;
        }

        @Override
        public void close() {}
    }
}
