package dev.weir.alerting.api;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.api.Operation.Answer;
import dev.weir.alerting.store.IncidentStore;
import dev.weir.alerting.store.IncidentStore.Event;
import dev.weir.common.Millis;
import dev.weir.model.codec.Json;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events of changes to incidents. Events are read from the timeline, which all replicas write, so a client
 * may connect to any replica. The id of an event is a sequence number that a client can continue from without a gap:
 * events of the last {@value #SETTLED_MS} ms before it are repeated, and {@code entry.seq} identifies them.
 */
final class EventStream implements AutoCloseable {
    private static final int MOST_LISTENERS = 50;
    private static final int AT_ONCE = 5_000;
    private static final Duration POLL = Duration.ofMillis(250);
    private static final long HEARTBEAT_MS = 15_000;
    /** Duration of a stream. Clients reconnect by themselves, which checks their token again. */
    private static final long LONGEST_MS = Millis.HOUR;

    /**
     * Time until all earlier sequence numbers are visible: the database assigns them before transactions commit, so a
     * lower number may appear after a higher one.
     */
    private static final long SETTLED_MS = 10_000;

    private final IncidentStore store;
    private final InstantSource clock;
    private final AlertingMetrics metrics;
    private final Semaphore room = new Semaphore(MOST_LISTENERS);
    private final AtomicBoolean closed = new AtomicBoolean();

    EventStream(IncidentStore store, InstantSource clock, AlertingMetrics metrics) {
        this.store = store;
        this.clock = clock;
        this.metrics = metrics;
    }

    Operation operation() {
        return Operation.stream(
                "/events",
                "listen",
                "Streams changes to incidents as server-sent events. Last-Event-ID continues an earlier stream.",
                Event.class,
                List.of(Param.number("after", "id of the last event that was received", 0, Long.MAX_VALUE)),
                this::listen);
    }

    @Override
    public void close() {
        closed.set(true);
    }

    private Answer listen(Call call) throws SQLException {
        Long after = after(call);
        if (!room.tryAcquire()) {
            throw new HttpResponseException(429, "there are " + MOST_LISTENERS + " open streams already; try later");
        }
        metrics.listeners.inc();
        try {
            stream(call, after);
        } catch (IOException e) {
            // The client disconnected, or does not read.
            metrics.listenersGone.inc();
        } finally {
            metrics.listeners.dec();
            room.release();
        }
        return Answer.WRITTEN;
    }

    private static @Nullable Long after(Call call) {
        String last = call.header("Last-Event-ID");
        if (last == null) {
            return call.number("after");
        }
        if (!last.matches("[0-9]{1,18}")) {
            throw new HttpResponseException(400, "Last-Event-ID must be the id of an event");
        }
        return Long.parseLong(last);
    }

    private void stream(Call call, @Nullable Long after) throws SQLException, IOException {
        Set<Long> sent = new HashSet<>();
        long settled = after == null ? store.lastBefore(clock.millis() - SETTLED_MS) : after;
        if (after == null) {
            events(call, settled).forEach(event -> sent.add(event.entry().seq()));
        }
        long beganMs = clock.millis();
        OutputStream out = call.events();
        long writtenMs = beganMs;
        while (!closed.get() && clock.millis() - beganMs < LONGEST_MS) {
            long now = clock.millis();
            boolean isIdle = now - writtenMs >= HEARTBEAT_MS;
            // The last sequence number of all namespaces, so that a client without events of its own does not continue
            // from a number of long ago.
            long passed = isIdle ? store.lastBefore(now - SETTLED_MS) : 0;
            List<Event> events = events(call, settled);
            for (Event event : events) {
                long seq = event.entry().seq();
                if (sent.add(seq)) {
                    write(
                            out,
                            "id: " + settled + "\nevent: "
                                    + event.entry().kind().id() + "\ndata: "
                                    + new String(Json.write(event), StandardCharsets.UTF_8) + "\n\n");
                    writtenMs = now;
                }
                if (event.entry().atMs() < now - SETTLED_MS) {
                    settled = Math.max(settled, seq);
                }
            }
            if (isIdle && events.size() < AT_ONCE) {
                settled = Math.max(settled, passed);
            }
            long below = settled;
            sent.removeIf(seq -> seq <= below);
            if (now - writtenMs >= HEARTBEAT_MS) {
                // An event without data is not dispatched, but clients store its id.
                write(out, ": still here\nid: " + settled + "\n\n");
                writtenMs = now;
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private List<Event> events(Call call, long after) throws SQLException {
        return store.events(after, AT_ONCE, call.scope());
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
