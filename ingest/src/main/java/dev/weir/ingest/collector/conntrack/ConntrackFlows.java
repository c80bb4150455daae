package dev.weir.ingest.collector.conntrack;

import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.TcpFlags;
import dev.weir.model.Verdict;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes flows of the kernel's connections: each counts from the last report of its connection on, from the end that
 * opened it to the end that answers, regardless of address translation between them. Bounded. For one thread.
 */
final class ConntrackFlows {
    private static final int TCP = 6;
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    static final int MOST_ENDED = 10_000;

    private final String reporter;
    private final Consumer<Flow> out;
    private final Runnable rejected;
    private final Map<Long, Counted> open;
    /** Connections that have ended lately, by id: a listing that was made before may still contain them. */
    private final Set<Long> ended;

    private static final class Counted {
        long startMs;
        long untilMs;
        long sourcePackets;
        long sourceBytes;
        long destinationPackets;
        long destinationBytes;
        int sourceFlags;
        int destinationFlags;
    }

    /**
     * Creates an empty table.
     *
     * @param rejected runs for each flow that is invalid
     * @param evicted runs for each connection that is evicted for want of room; its counts so far are reported a
     *     second time
     * @param endEvicted runs for each ended connection that is evicted for want of room; a listing that was begun
     *     before its end counts it again
     */
    ConntrackFlows(
            int capacity,
            String reporter,
            Consumer<Flow> out,
            Runnable rejected,
            Runnable evicted,
            Runnable endEvicted) {
        this.reporter = reporter;
        this.out = out;
        this.rejected = rejected;
        this.open = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Counted> eldest) {
                boolean full = size() > capacity;
                if (full) {
                    evicted.run();
                }
                return full;
            }
        };
        this.ended = Collections.newSetFromMap(new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
                boolean full = size() > MOST_ENDED;
                if (full) {
                    endEvicted.run();
                }
                return full;
            }
        });
    }

    /**
     * Adds a connection that existed before the start. Its counts so far are not reported: an earlier run may have done
     * so.
     */
    void begun(ConntrackLine line, long nowMs) {
        Counted counted = counted(line, nowMs);
        flags(counted, line);
        counted.untilMs = nowMs;
        count(counted, line);
    }

    /** Applies an event; the end of a connection is reported. */
    void event(ConntrackLine line) {
        Counted counted = counted(line, line.timeMs());
        flags(counted, line);
        if ("NEW".equals(line.type())) {
            ended.remove(line.id());
        } else if ("DESTROY".equals(line.type())) {
            open.remove(line.id());
            ended.add(line.id());
            report(line, counted, line.timeMs());
        }
    }

    /**
     * Applies a line of the periodic listing; a long-lasting connection is reported.
     *
     * @param reportMs time between two reports of a connection, in milliseconds
     */
    void listed(ConntrackLine line, long nowMs, long reportMs) {
        if (ended.contains(line.id())) {
            return;
        }
        Counted counted = counted(line, nowMs);
        flags(counted, line);
        if (nowMs - Math.max(counted.untilMs, counted.startMs) >= reportMs && hasMore(line, counted)) {
            report(line, counted, nowMs);
        }
    }

    private Counted counted(ConntrackLine line, long nowMs) {
        return open.computeIfAbsent(line.id(), id -> {
            Counted fresh = new Counted();
            Long lasted = line.lastedS();
            fresh.startMs = nowMs - (lasted == null ? 0 : lasted * 1000);
            return fresh;
        });
    }

    private static boolean hasMore(ConntrackLine line, Counted counted) {
        Long packets = line.original().packets();
        Long answered = line.reply().packets();
        return packets == null
                || packets > counted.sourcePackets
                || answered != null && answered > counted.destinationPackets;
    }

    private void report(ConntrackLine line, Counted counted, long nowMs) {
        ConntrackLine.Tuple opened = line.original();
        ConntrackLine.Tuple answered = line.reply();
        boolean translated = !opened.destination().equals(answered.source());
        boolean icmp = line.protocol() == ICMP || line.protocol() == ICMPV6;
        boolean tcp = line.protocol() == TCP;
        long start = counted.untilMs == 0 ? counted.startMs : counted.untilMs;
        try {
            Endpoint source = Endpoint.of(opened.source(), icmp ? null : opened.sourcePort())
                    .withCounters(
                            more(opened.bytes(), counted.sourceBytes),
                            more(opened.packets(), counted.sourcePackets),
                            tcp && counted.sourceFlags != 0 ? (Integer) counted.sourceFlags : null);
            Endpoint destination = Endpoint.of(answered.source(), icmp ? null : answered.sourcePort())
                    .withCounters(
                            more(answered.bytes(), counted.destinationBytes),
                            more(answered.packets(), counted.destinationPackets),
                            tcp && counted.destinationFlags != 0 ? (Integer) counted.destinationFlags : null)
                    .named(null, null, null, translated ? opened.destination() : null);
            out.accept(Flow.builder()
                    .startMs(Math.max(1, Math.min(start, nowMs)))
                    .endMs(Math.max(1, nowMs))
                    .source(source)
                    .destination(destination)
                    .protocol(Flow.protocolName(line.protocol()))
                    .verdict(Verdict.FORWARDED)
                    .isReply(Boolean.FALSE)
                    .reporter(reporter)
                    .collector(ConntrackCollector.KIND)
                    .build());
        } catch (InvalidRecordException e) {
            rejected.run();
        }
        counted.untilMs = nowMs;
        count(counted, line);
    }

    private static void count(Counted counted, ConntrackLine line) {
        counted.sourceBytes = or0(line.original().bytes());
        counted.sourcePackets = or0(line.original().packets());
        counted.destinationBytes = or0(line.reply().bytes());
        counted.destinationPackets = or0(line.reply().packets());
    }

    /** Derives TCP flags from the state of the connection. */
    private static void flags(Counted counted, ConntrackLine line) {
        if (line.protocol() != TCP) {
            return;
        }
        counted.sourceFlags |= TcpFlags.SYN;
        // The kernel counts the packet of a reset, but does not take it for a reply.
        if (line.replied() || or0(line.reply().packets()) > 0) {
            boolean refused = "CLOSE".equals(line.state()) && counted.destinationFlags == 0;
            counted.destinationFlags |= refused ? TcpFlags.RST | TcpFlags.ACK : 0;
        }
        switch (String.valueOf(line.state())) {
            case "SYN_RECV" -> counted.destinationFlags |= TcpFlags.SYN | TcpFlags.ACK;
            case "ESTABLISHED" -> {
                counted.sourceFlags |= TcpFlags.ACK;
                counted.destinationFlags |= TcpFlags.SYN | TcpFlags.ACK;
            }
            case "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT" -> {
                counted.sourceFlags |= TcpFlags.ACK | TcpFlags.FIN;
                counted.destinationFlags |= TcpFlags.SYN | TcpFlags.ACK | TcpFlags.FIN;
            }
            default -> {
                // SYN_SENT and CLOSE imply no further flags.
            }
        }
    }

    private static @Nullable Long more(@Nullable Long now, long before) {
        return now == null ? null : (Long) Math.max(0, now - before);
    }

    private static long or0(@Nullable Long value) {
        return value == null ? 0 : value;
    }
}
