package dev.weir.ingest.collector;

import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.stream.ReplayFilter;
import dev.weir.ingest.stream.StreamFollower;
import dev.weir.ingest.stream.StreamServer;
import dev.weir.model.Flow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Follows the flows of one streaming call. Flows that are sent again after an interruption are dropped.
 *
 * @param <Q> request
 * @param <R> message of the answer
 */
public abstract class StreamCollector<Q, R> implements Collector, StreamFollower.Stream<Q, R> {
    private final String kind;
    private final FlowPipeline pipeline;
    private final ReplayFilter seen;
    private final StreamFollower<Q, R> follower;

    /**
     * Creates the collector; it connects in {@link #start()}.
     *
     * @param fromMs time from which on flows are requested at the first call, in milliseconds since the epoch
     * @param overlap time by which messages may be out of order
     */
    protected StreamCollector(
            String kind,
            StreamServer server,
            long fromMs,
            Duration overlap,
            FlowPipeline pipeline,
            IngestMetrics metrics) {
        this.kind = kind;
        this.pipeline = pipeline;
        this.seen = new ReplayFilter(overlap, fromMs, metrics.entriesEvicted.labels("replay")::inc);
        this.follower = new StreamFollower<>(this, server, seen, metrics);
    }

    @Override
    public final String kind() {
        return kind;
    }

    @Override
    public final void start() {
        follower.start();
    }

    @Override
    public final void close() {
        follower.close();
        pipeline.flush();
    }

    @Override
    public final void tick() {
        pipeline.tick();
    }

    /**
     * Returns true if this message came before the last interruption; remembers it.
     *
     * @param ms the message's event time in milliseconds since the epoch
     * @param hash hash of the whole message
     */
    protected final boolean isAgain(long ms, int hash) {
        return seen.isAgain(ms, hash);
    }

    /**
     * Hands a flow on.
     *
     * @param point the place where the reporter saw the flow, such as an interface; null if it has only one
     */
    protected final void accept(Flow flow, @Nullable String point) {
        pipeline.accept(flow, point);
    }
}
