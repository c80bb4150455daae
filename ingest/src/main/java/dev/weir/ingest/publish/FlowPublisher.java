package dev.weir.ingest.publish;

import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Flow;
import dev.weir.model.config.KafkaConfig;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes flows from sources that cannot be asked to wait, such as UDP. A bounded queue stands between them and Kafka;
 * what does not fit is counted as lost, and so is what Kafka refuses. Every flow is either acknowledged or counted.
 */
public final class FlowPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FlowPublisher.class);
    private static final String CLOSING = "closing";
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

    private final KafkaProducer<byte[], byte[]> producer;
    private final BlockingQueue<Item> queue;
    private final IngestMetrics metrics;
    private final Thread thread;
    private volatile boolean closed;

    private record Item(String collector, Flow flow) {}

    /**
     * @param capacity flows that may wait for Kafka
     */
    public FlowPublisher(KafkaConfig kafka, int capacity, IngestMetrics metrics) {
        this.producer = Producers.lasting(kafka);
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.metrics = metrics;
        this.thread = new Thread(this::drain, "weir-publish");
        thread.setDaemon(true);
        thread.start();
    }

    /** Hands a flow over without waiting; false, and counted, when there is no room. */
    public boolean offer(String collector, Flow flow) {
        boolean taken = !closed && queue.offer(new Item(collector, flow));
        if (!taken) {
            metrics.flowsLost.labels(collector, closed ? CLOSING : "queue_full").inc();
        }
        return taken;
    }

    /** Publishes what is queued for as long as it takes Kafka, but not longer than ten seconds; the rest is counted. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(CLOSE_WAIT.toMillis());
            // Ends a send that waits for a Kafka that is away; the thread then counts what it still finds.
            producer.close(CLOSE_WAIT);
            thread.join(CLOSE_WAIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            producer.close(Duration.ZERO);
        }
        for (Item item = queue.poll(); item != null; item = queue.poll()) {
            metrics.flowsLost.labels(item.collector(), CLOSING).inc();
        }
    }

    private void drain() {
        try {
            while (!closed || !queue.isEmpty()) {
                Item item = queue.poll(100, TimeUnit.MILLISECONDS);
                if (item != null) {
                    send(item);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(Item item) {
        try {
            Future<RecordMetadata> unused = producer.send(FlowRecords.of(item.flow()), (metadata, failure) -> {
                if (failure == null) {
                    metrics.flowsPublished.labels(item.collector()).inc();
                } else {
                    lost(item, failure);
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            // The latter when the producer is closed while it waits.
            lost(item, e);
        }
    }

    private void lost(Item item, Exception failure) {
        String reason = closed ? CLOSING : failure.getClass().getSimpleName();
        metrics.flowsLost.labels(item.collector(), reason).inc();
        LOG.warn("a flow was not published: {}", failure.getMessage());
    }
}
