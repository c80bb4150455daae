package dev.weir.ingest.collector.pcap;

import dev.weir.ingest.orientation.Orientation;
import dev.weir.ingest.packet.Icmp;
import dev.weir.ingest.packet.Packet;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.L7;
import dev.weir.model.TcpFlags;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates packets to flows. A flow is reported when TCP ends it, after a time of silence, and every minute while it
 * lasts. Each of its DNS exchanges and HTTP requests is reported as a flow of its own without counters, so that bytes
 * are counted once. Times are those of the packets. Bounded: beyond the capacity, the flow with the longest silence is
 * reported early. For one thread.
 */
final class FlowTable {
    private static final long TCP_IDLE_MS = 300_000;
    private static final long OTHER_IDLE_MS = 60_000;
    private static final long CLOSED_MS = 2_000;
    private static final long REPORT_MS = 60_000;
    private static final int UDP_DNS = 53;

    private final int capacity;
    private final Consumer<String> evicted;
    private final @Nullable String reporter;
    private final Consumer<Flow> out;
    private final Consumer<String> skipped;
    private final Fragments fragments;
    private final Map<Key, Entry> flows = new LinkedHashMap<>(16, 0.75f, true);
    private long nowMs;

    private record Key(String lowIp, int lowPort, String highIp, int highPort, int protocol) {}

    private static final class Entry {
        final Packet first;
        final boolean opened;
        final Side source = new Side();
        final Side destination = new Side();
        long startMs;
        long lastMs;
        long reportedMs;
        boolean reported;
        int finished;

        @Nullable String sni;

        @Nullable String tunnel;

        boolean encrypted;
        final ClearText text = new ClearText();

        /**
         * Starts a flow.
         *
         * @param opened true if the first packet shows that its sender opened the connection
         */
        Entry(Packet first, boolean opened, long ms) {
            this.first = first;
            this.opened = opened;
            this.startMs = ms;
            this.lastMs = ms;
            this.reportedMs = ms;
        }
    }

    private static final class Side {
        long bytes;
        long packets;
        int flags;
        int networkInterface;

        @Nullable String tunnel;
    }

    /**
     * Creates an empty table.
     *
     * @param capacity number of flows at a time
     * @param skipped receives the reason for each packet or flow that is left out
     * @param evicted receives the table of each entry that is evicted since there are too many: {@code fragment} for
     *     the ports of a first fragment, {@code flow} for a flow that is reported early
     */
    FlowTable(
            int capacity,
            @Nullable String reporter,
            Consumer<Flow> out,
            Consumer<String> skipped,
            Consumer<String> evicted) {
        this.fragments = new Fragments(() -> evicted.accept("fragment"));
        this.evicted = evicted;
        this.skipped = skipped;
        this.capacity = capacity;
        this.reporter = reporter;
        this.out = out;
    }

    /**
     * Adds a packet.
     *
     * @param ms time of the packet in milliseconds since the epoch
     */
    void take(Packet seen, long ms) {
        Integer icmpType = seen.icmpType();
        if (icmpType != null && Icmp.isError(seen.protocol(), icmpType)) {
            // An ICMP error concerns the connection whose packet it quotes; it is not part of a ping between the same
            // endpoints.
            skipped.accept("icmp_error");
            return;
        }
        Packet packet = seen.fragmentOf() == null ? seen : fragments.whole(seen);
        nowMs = Math.max(nowMs, ms);
        boolean forward = isForward(packet);
        Key key = key(packet, forward);
        Entry entry = flows.get(key);
        if (entry != null && isOver(entry, packet, ms)) {
            report(entry, true);
            flows.remove(key);
            entry = null;
        }
        if (entry == null) {
            if (flows.size() >= capacity) {
                Iterator<Entry> oldest = flows.values().iterator();
                report(oldest.next(), true);
                oldest.remove();
                evicted.accept("flow");
            }
            entry = new Entry(packet, opens(packet), ms);
            flows.put(key, entry);
        }
        Side side = isFromFirst(entry, packet) ? entry.source : entry.destination;
        entry.tunnel = entry.tunnel == null ? packet.tunnel() : entry.tunnel;
        boolean isElsewhere =
                side.networkInterface != packet.networkInterface() || !Objects.equals(side.tunnel, packet.tunnel());
        if (side.packets > 0 && isElsewhere) {
            // A packet passes several interfaces, on some of them in a tunnel; it counts on the first one.
            return;
        }
        side.networkInterface = packet.networkInterface();
        side.tunnel = packet.tunnel();
        count(entry, packet, ms);
        application(entry, packet, ms);
        if (ms - entry.reportedMs >= REPORT_MS) {
            report(entry, false);
        }
    }

    /** Reports flows after their time of silence, by the time of the packets. */
    void expire() {
        Iterator<Entry> oldest = flows.values().iterator();
        while (oldest.hasNext()) {
            Entry entry = oldest.next();
            boolean closed = entry.finished >= 2 && nowMs - entry.lastMs >= CLOSED_MS;
            if (!closed && nowMs - entry.lastMs < idle(entry)) {
                // The later entries have had packets since, but some of them may be closed by TCP.
                if (nowMs - entry.lastMs < CLOSED_MS) {
                    return;
                }
                continue;
            }
            report(entry, true);
            oldest.remove();
        }
    }

    /** Reports every flow. */
    void flush() {
        flows.values().forEach(entry -> report(entry, true));
        flows.clear();
    }

    int size() {
        return flows.size();
    }

    private static long idle(Entry entry) {
        return entry.first.protocol() == Packet.TCP ? TCP_IDLE_MS : OTHER_IDLE_MS;
    }

    /**
     * True if the packet begins another connection with the same ports: it is a SYN after an end, or follows a silence.
     */
    private static boolean isOver(Entry entry, Packet packet, long ms) {
        boolean again = opens(packet) && packet.protocol() == Packet.TCP && entry.finished > 0;
        return again || ms - entry.lastMs >= idle(entry);
    }

    private static boolean opens(Packet packet) {
        Integer flags = packet.tcpFlags();
        return flags != null && (flags & TcpFlags.SYN) != 0 && (flags & TcpFlags.ACK) == 0;
    }

    private void count(Entry entry, Packet packet, long ms) {
        boolean fromFirst = isFromFirst(entry, packet);
        Side side = fromFirst ? entry.source : entry.destination;
        side.bytes += packet.ipLength();
        side.packets++;
        Integer flags = packet.tcpFlags();
        if (flags != null) {
            boolean alreadyFinished = (side.flags & TcpFlags.FIN) != 0;
            side.flags |= flags;
            if ((flags & TcpFlags.RST) != 0) {
                entry.finished = 2;
            } else if ((flags & TcpFlags.FIN) != 0 && !alreadyFinished) {
                entry.finished++;
            }
        }
        entry.startMs = Math.min(entry.startMs, ms);
        entry.lastMs = Math.max(entry.lastMs, ms);
    }

    private static boolean isFromFirst(Entry entry, Packet packet) {
        return entry.first.sourceIp().equals(packet.sourceIp())
                && (entry.first.sourcePort() == null || entry.first.sourcePort().equals(packet.sourcePort()));
    }

    private void application(Entry entry, Packet packet, long ms) {
        if (!packet.payload().hasRemaining()) {
            return;
        }
        Integer from = packet.sourcePort();
        Integer to = packet.destinationPort();
        if (packet.protocol() == Packet.UDP && from != null && to != null && (from == UDP_DNS || to == UDP_DNS)) {
            Dns.Message message = Dns.read(packet.payload());
            if (message != null) {
                boolean answer = message.answer();
                emitMessage(packet, answer, ms, new L7(message.dns(), null, null));
            }
        } else if (packet.protocol() == Packet.TCP) {
            boolean fromFirst = isFromFirst(entry, packet);
            for (ClearText.Found found : entry.text.read(packet.payload(), fromFirst)) {
                if (found.sni() != null) {
                    entry.sni = found.sni();
                }
                entry.encrypted |= found.tls();
                if (found.http() != null) {
                    emitMessage(entry.first, !fromClient(entry), ms, new L7(null, found.http(), null));
                }
            }
        }
    }

    /** True if the first packet that was seen was the client's. */
    private static boolean fromClient(Entry entry) {
        return !isReply(entry);
    }

    private void emitMessage(Packet packet, boolean reply, long ms, L7 l7) {
        Endpoint source = Endpoint.of(packet.sourceIp(), packet.sourcePort());
        Endpoint destination = Endpoint.of(packet.destinationIp(), packet.destinationPort());
        emit(
                ms,
                ms,
                reply ? destination : source,
                reply ? source : destination,
                packet.protocol(),
                packet.tunnel(),
                null,
                l7);
    }

    private void report(Entry entry, boolean last) {
        boolean nothing = entry.source.packets == 0 && entry.destination.packets == 0;
        if (!nothing) {
            Endpoint first = Endpoint.of(entry.first.sourceIp(), entry.first.sourcePort())
                    .withCounters(entry.source.bytes, entry.source.packets, flags(entry.source));
            Endpoint second = Endpoint.of(entry.first.destinationIp(), entry.first.destinationPort())
                    .withCounters(entry.destination.bytes, entry.destination.packets, flags(entry.destination));
            boolean reply = isReply(entry);
            emit(
                    entry.reported ? entry.reportedMs : entry.startMs,
                    entry.lastMs,
                    reply ? second : first,
                    reply ? first : second,
                    entry.first.protocol(),
                    entry.tunnel,
                    entry.encrypted ? Boolean.TRUE : null,
                    entry.sni == null ? null : new L7(null, null, new L7.Tls(entry.sni)));
        }
        if (!last) {
            entry.reported = true;
            entry.reportedMs = entry.lastMs;
            reset(entry.source);
            reset(entry.destination);
        }
    }

    private static void reset(Side side) {
        side.bytes = 0;
        side.packets = 0;
    }

    private static @Nullable Integer flags(Side side) {
        return side.flags == 0 ? null : (Integer) side.flags;
    }

    /** True if the first packet that was seen was an answer. */
    private static boolean isReply(Entry entry) {
        if (entry.opened) {
            return false;
        }
        Packet first = entry.first;
        Integer flags = first.tcpFlags();
        boolean accepts = flags != null && (flags & TcpFlags.SYN) != 0;
        if (accepts) {
            return true;
        }
        Integer icmp = first.icmpType();
        if (icmp != null) {
            return Boolean.TRUE.equals(Icmp.isReply(first.protocol(), icmp));
        }
        return Boolean.TRUE.equals(Orientation.isFromServer(first.sourcePort(), first.destinationPort()));
    }

    private void emit(
            long startMs,
            long endMs,
            Endpoint source,
            Endpoint destination,
            int protocol,
            @Nullable String tunnel,
            @Nullable Boolean encrypted,
            @Nullable L7 l7) {
        try {
            out.accept(Flow.builder()
                    .startMs(Math.max(1, startMs))
                    .endMs(Math.max(1, endMs))
                    .source(source)
                    .destination(destination)
                    .protocol(Flow.protocolName(protocol))
                    .isReply(Boolean.FALSE)
                    .encrypted(encrypted)
                    .reporter(reporter)
                    .collector(PcapCollector.KIND)
                    .l7(l7)
                    .tunnel(tunnel)
                    .build());
        } catch (InvalidRecordException e) {
            // The time is out of range, which happens in damaged captures.
            skipped.accept("impossible_time");
        }
    }

    private static boolean isForward(Packet packet) {
        int order = packet.sourceIp().compareTo(packet.destinationIp());
        return order < 0 || order == 0 && port(packet.sourcePort()) <= port(packet.destinationPort());
    }

    private static Key key(Packet packet, boolean forward) {
        int from = port(packet.sourcePort());
        int to = port(packet.destinationPort());
        return forward
                ? new Key(packet.sourceIp(), from, packet.destinationIp(), to, packet.protocol())
                : new Key(packet.destinationIp(), to, packet.sourceIp(), from, packet.protocol());
    }

    private static int port(@Nullable Integer port) {
        return port == null ? -1 : port;
    }
}
