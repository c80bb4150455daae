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
 * Makes flows of what the kernel tells of its connections: the counters since it was told last, from the end that opened
 * the connection to the one that answers, whatever the addresses were translated to on the way. Bounded; for one thread.
 */
final class Connections {
    private static final int TCP = 6;
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final int MOST_ENDED = 10_000;

    private final String reporter;
    private final Consumer<Flow> out;
    private final Runnable refused;
    private final Map<Long, Told> told;
    /** Whose end was told lately: a listing that was made before may still hold them. */
    private final Set<Long> ended;

    private static final class Told {
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
     * @param refused told of a flow that can be none
     * @param evicted told of a connection that is forgotten for want of room: what it had sent is told again
     */
    Connections(int capacity, String reporter, Consumer<Flow> out, Runnable refused, Runnable evicted) {
        this.reporter = reporter;
        this.out = out;
        this.refused = refused;
        this.told = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Told> eldest) {
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
                return size() > MOST_ENDED;
            }
        });
    }

    /** Takes in a connection that was there before the start: what it has sent so far is nobody's to tell again. */
    void begun(Line line, long nowMs) {
        Told known = known(line, nowMs);
        flags(known, line);
        known.untilMs = nowMs;
        count(known, line);
    }

    /** Takes in an event. */
    void event(Line line) {
        Told known = known(line, line.timeMs());
        flags(known, line);
        if ("NEW".equals(line.type())) {
            ended.remove(line.id());
        } else if ("DESTROY".equals(line.type())) {
            told.remove(line.id());
            ended.add(line.id());
            tell(line, known, line.timeMs());
        }
    }

    /** Takes in a line of the listing that is made now and then: what lasts is told. */
    void listed(Line line, long nowMs, long reportMs) {
        if (ended.contains(line.id())) {
            return;
        }
        Told known = known(line, nowMs);
        flags(known, line);
        if (nowMs - Math.max(known.untilMs, known.startMs) >= reportMs && hasMore(line, known)) {
            tell(line, known, nowMs);
        }
    }

    private Told known(Line line, long nowMs) {
        return told.computeIfAbsent(line.id(), id -> {
            Told fresh = new Told();
            Long lasted = line.lastedS();
            fresh.startMs = nowMs - (lasted == null ? 0 : lasted * 1000);
            return fresh;
        });
    }

    private static boolean hasMore(Line line, Told known) {
        Long packets = line.original().packets();
        Long answered = line.reply().packets();
        return packets == null
                || packets > known.sourcePackets
                || answered != null && answered > known.destinationPackets;
    }

    private void tell(Line line, Told known, long nowMs) {
        Line.Tuple opened = line.original();
        Line.Tuple answered = line.reply();
        boolean translated = !opened.destination().equals(answered.source());
        boolean icmp = line.protocol() == ICMP || line.protocol() == ICMPV6;
        boolean tcp = line.protocol() == TCP;
        long start = known.untilMs == 0 ? known.startMs : known.untilMs;
        try {
            Endpoint source = Endpoint.of(opened.source(), icmp ? null : opened.sourcePort())
                    .withCounters(
                            more(opened.bytes(), known.sourceBytes),
                            more(opened.packets(), known.sourcePackets),
                            tcp && known.sourceFlags != 0 ? (Integer) known.sourceFlags : null);
            Endpoint destination = Endpoint.of(answered.source(), icmp ? null : answered.sourcePort())
                    .withCounters(
                            more(answered.bytes(), known.destinationBytes),
                            more(answered.packets(), known.destinationPackets),
                            tcp && known.destinationFlags != 0 ? (Integer) known.destinationFlags : null)
                    .named(null, null, null, translated ? opened.destination() : null);
            out.accept(new Flow(
                    Math.max(1, Math.min(start, nowMs)),
                    Math.max(1, nowMs),
                    source,
                    destination,
                    Flow.protocolName(line.protocol()),
                    Verdict.FORWARDED,
                    null,
                    null,
                    Boolean.FALSE,
                    null,
                    null,
                    reporter,
                    ConntrackCollector.KIND,
                    null,
                    null));
        } catch (InvalidRecordException e) {
            refused.run();
        }
        known.untilMs = nowMs;
        count(known, line);
    }

    private static void count(Told known, Line line) {
        known.sourceBytes = or0(line.original().bytes());
        known.sourcePackets = or0(line.original().packets());
        known.destinationBytes = or0(line.reply().bytes());
        known.destinationPackets = or0(line.reply().packets());
    }

    /** What the states that the connection was seen in tell of its flags. */
    private static void flags(Told known, Line line) {
        if (line.protocol() != TCP) {
            return;
        }
        known.sourceFlags |= TcpFlags.SYN;
        // A reset does not count as a reply for the kernel, though it counts its packet.
        if (line.replied() || or0(line.reply().packets()) > 0) {
            boolean refused = "CLOSE".equals(line.state()) && known.destinationFlags == 0;
            known.destinationFlags |= refused ? TcpFlags.RST | TcpFlags.ACK : 0;
        }
        switch (String.valueOf(line.state())) {
            case "SYN_RECV" -> known.destinationFlags |= TcpFlags.SYN | TcpFlags.ACK;
            case "ESTABLISHED" -> {
                known.sourceFlags |= TcpFlags.ACK;
                known.destinationFlags |= TcpFlags.SYN | TcpFlags.ACK;
            }
            case "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT" -> {
                known.sourceFlags |= TcpFlags.ACK | TcpFlags.FIN;
                known.destinationFlags |= TcpFlags.SYN | TcpFlags.ACK | TcpFlags.FIN;
            }
            default -> {
                // SYN_SENT and CLOSE add nothing more.
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
