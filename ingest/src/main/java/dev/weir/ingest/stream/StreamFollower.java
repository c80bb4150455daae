package dev.weir.ingest.stream;

import dev.weir.common.Backoff;
import dev.weir.common.Worker;
import dev.weir.common.config.ConfigException;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.pipeline.RecordCounts;
import dev.weir.model.InvalidRecordException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the messages of one streaming call. If the call ends it is made again, after a growing pause, from shortly
 * before the last time that was seen. The next message is requested when the one before is processed: while the
 * receiver waits, the server waits.
 *
 * @param <Q> request
 * @param <R> message of the answer
 */
public final class StreamFollower<Q, R> {
    private static final Logger LOG = LoggerFactory.getLogger(StreamFollower.class);
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));
    private static final long TICK_MS = 200;

    private final Stream<Q, R> stream;
    private final StreamServer server;
    private final ReplayFilter seen;
    private final IngestMetrics metrics;
    private final RecordCounts counts;
    private final Worker worker;
    private int failed;
    private @Nullable ManagedChannel channel;
    private volatile @Nullable ClientCall<Q, R> call;
    private volatile boolean received;
    private volatile boolean closed;

    /** The source-specific part of a stream. */
    public interface Stream<Q, R> {
        /** Returns the collector's kind. */
        String kind();

        MethodDescriptor<Q, R> method();

        /**
         * Returns the request of a call.
         *
         * @param fromMs time from which on messages are requested, in milliseconds since the epoch
         */
        Q request(long fromMs);

        /**
         * Processes a message.
         *
         * @throws InvalidRecordException if the message is no usable flow; it is counted and logged
         */
        void take(R message);

        /** Called a few times a second. */
        void tick();
    }

    public StreamFollower(Stream<Q, R> stream, StreamServer server, ReplayFilter seen, IngestMetrics metrics) {
        this.stream = stream;
        this.server = server;
        this.seen = seen;
        this.metrics = metrics;
        this.counts = new RecordCounts(stream.kind(), metrics, LOG);
        this.worker = new Worker(
                "weir-" + stream.kind(),
                this::follow,
                BACKOFF,
                (failure, pause) -> LOG.error(
                        "{}: following the stream failed; next attempt in {} ms",
                        stream.kind(),
                        pause.toMillis(),
                        failure));
    }

    /**
     * Starts the call.
     *
     * @throws ConfigException if a certificate or key cannot be read
     */
    public void start() {
        channel = server.channel(stream.kind());
        worker.start();
    }

    public void close() {
        closed = true;
        ClientCall<Q, R> open = call;
        if (open != null) {
            open.cancel("closing", null);
        }
        worker.close();
        if (channel != null) {
            channel.shutdownNow();
        }
    }

    private @Nullable Duration follow() throws InterruptedException {
        received = false;
        Status status = once();
        if (closed) {
            return null;
        }
        metrics.reconnects.labels(stream.kind()).inc();
        failed = received ? 1 : failed + 1;
        Duration pause = BACKOFF.jittered(failed);
        LOG.warn(
                "{}: {} ended: {}; next attempt in {} ms",
                stream.kind(),
                server.server(),
                status.getDescription() == null ? status.getCode() : status.getDescription(),
                pause.toMillis());
        return pause;
    }

    /** Makes one call; returns its status when it ends. */
    private Status once() throws InterruptedException {
        ManagedChannel open = channel;
        if (open == null) {
            throw new IllegalStateException("not started");
        }
        Q request = stream.request(seen.fromMs());
        seen.reconnected();
        Listener listener = new Listener();
        ClientCall<Q, R> next = open.newCall(stream.method(), CallOptions.DEFAULT);
        listener.call = next;
        call = next;
        next.start(listener, new Metadata());
        next.sendMessage(request);
        next.halfClose();
        next.request(1);
        while (!listener.ended.await(TICK_MS, TimeUnit.MILLISECONDS)) {
            stream.tick();
        }
        return listener.status;
    }

    private void take(R message) {
        try {
            stream.take(message);
        } catch (InvalidRecordException e) {
            counts.rejected(stream.kind(), stream.kind() + ": a flow is rejected: " + e.getMessage());
        }
    }

    private final class Listener extends ClientCall.Listener<R> {
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile Status status = Status.UNKNOWN;
        private volatile @Nullable ClientCall<Q, R> call;

        @Override
        public void onMessage(R message) {
            received = true;
            take(message);
            ClientCall<Q, R> open = call;
            if (open != null) {
                open.request(1);
            }
        }

        @Override
        public void onClose(Status how, Metadata trailers) {
            status = how;
            ended.countDown();
        }
    }
}
