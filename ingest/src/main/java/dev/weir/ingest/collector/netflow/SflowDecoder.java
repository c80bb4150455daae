package dev.weir.ingest.collector.netflow;

import dev.weir.common.Ip;
import dev.weir.ingest.packet.Packet;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes sFlow version 5. Every sampled packet becomes a flow of one packet with the sampling rate of its source; the
 * exporter's address is the one that the agent itself gives. Packets that the device discarded have the verdict
 * DROPPED: samples whose output says so, and the notices of dropped packets (sFlow Dropped Packet Notification
 * Structures). Counter samples are skipped. For one thread.
 */
final class SflowDecoder {
    /** The version, in four bytes; NetFlow's has two. */
    static final int VERSION = 5;

    private static final int MAX_AGENTS = 10_000;
    static final int MAX_AGENTS_OF_ADDRESS = 1_000;
    private static final int FLOW_SAMPLE = 1;
    private static final int EXPANDED_FLOW_SAMPLE = 3;
    private static final int DISCARDED_PACKET = 5;
    private static final int RAW_PACKET = 1;
    private static final int SAMPLED_IPV4 = 3;
    private static final int SAMPLED_IPV6 = 4;
    private static final int ETHERNET = 1;
    private static final int IPV4 = 11;
    private static final int IPV6 = 12;
    private static final int MPLS = 13;

    private final FairLruMap<Agent, ExporterState> agents = new FairLruMap<>(MAX_AGENTS, MAX_AGENTS_OF_ADDRESS);
    private long evicted;

    private record Agent(String address, long subAgent) {}

    /** The format of an output, its two high bits: the packet went to no interface, and the rest is the reason. */
    private static final int DISCARDED = 1;

    /** The forwarding status of a dropped packet (RFC 7270). */
    private static final int DROPPED = 128;

    /** The source of one sample: its factor, its interfaces, and whether the device dropped the packet. */
    private record Source(int sampling, long input, long output, boolean isDropped) {}

    /**
     * Decodes one datagram.
     *
     * @param datagram bytes from the version on
     * @throws MalformedDatagramException if the datagram contradicts itself
     */
    Decoded decode(String exporter, ByteBuf datagram, long nowMs) throws MalformedDatagramException {
        try {
            datagram.skipBytes(4);
            String agent = address(datagram, datagram.readInt());
            long subAgent = datagram.readUnsignedInt();
            long sequence = datagram.readUnsignedInt();
            datagram.skipBytes(4);
            long samples = datagram.readUnsignedInt();
            ExporterState state = state(exporter, new Agent(agent == null ? exporter : agent, subAgent));
            List<ExportedFlow> flows = new ArrayList<>();
            int others = 0;
            for (long i = 0; i < samples; i++) {
                int format = datagram.readInt();
                ByteBuf sample = part(datagram, "sample");
                if (format == FLOW_SAMPLE || format == EXPANDED_FLOW_SAMPLE) {
                    others += flowSample(sample, format == EXPANDED_FLOW_SAMPLE, nowMs, flows);
                } else if (format == DISCARDED_PACKET) {
                    others += discarded(sample, nowMs, flows);
                }
            }
            return new Decoded(
                    VERSION, true, flows, 0, others, 0, 0, state.missedBefore(sequence, 1), state.lostPercent());
        } catch (IndexOutOfBoundsException e) {
            throw new MalformedDatagramException("sFlow datagram ends in the middle of a field");
        }
    }

    /** The number of agents evicted since the last call. */
    long takeEvicted() {
        long taken = evicted;
        evicted = 0;
        return taken;
    }

    private ExporterState state(String exporter, Agent agent) {
        ExporterState known = agents.get(exporter, agent);
        if (known != null) {
            return known;
        }
        ExporterState state = new ExporterState();
        // Without the evicted state some lost datagrams are not counted; nothing else depends on it.
        evicted += agents.put(exporter, agent, state) == null ? 0 : 1;
        return state;
    }

    /** Reads a flow sample; returns the number of its packets that are not IP. */
    private static int flowSample(ByteBuf in, boolean expanded, long nowMs, List<ExportedFlow> flows)
            throws MalformedDatagramException {
        in.skipBytes(expanded ? 12 : 8);
        long rate = in.readUnsignedInt();
        in.skipBytes(8);
        if (expanded) {
            in.skipBytes(4);
        }
        long input = in.readUnsignedInt();
        long outputFormat = expanded ? in.readUnsignedInt() : 0;
        long output = in.readUnsignedInt();
        if (!expanded) {
            outputFormat = output >>> 30;
        }
        Source source = new Source(
                (int) Math.max(1, Math.min(rate, Integer.MAX_VALUE)), input, output, outputFormat == DISCARDED);
        return records(in, source, nowMs, flows);
    }

    /**
     * Reads a notice of a dropped packet, of which the device sends as many as its limit allows; returns as
     * {@link #flowSample} does.
     */
    private static int discarded(ByteBuf in, long nowMs, List<ExportedFlow> flows) throws MalformedDatagramException {
        in.skipBytes(16);
        long input = in.readUnsignedInt();
        long output = in.readUnsignedInt();
        in.skipBytes(4);
        return records(in, new Source(1, input, output, true), nowMs, flows);
    }

    private static int records(ByteBuf in, Source source, long nowMs, List<ExportedFlow> flows)
            throws MalformedDatagramException {
        long records = in.readUnsignedInt();
        ExportedFlow flow = null;
        boolean packet = false;
        for (long i = 0; i < records && flow == null; i++) {
            int format = in.readInt();
            ByteBuf record = part(in, "flow record");
            packet |= format == RAW_PACKET || format == SAMPLED_IPV4 || format == SAMPLED_IPV6;
            flow = switch (format) {
                case RAW_PACKET -> rawPacket(record, source, nowMs);
                case SAMPLED_IPV4 -> sampled(record, 4, source, nowMs);
                case SAMPLED_IPV6 -> sampled(record, 16, source, nowMs);
                default -> null;
            };
        }
        if (flow != null) {
            flows.add(flow);
            return 0;
        }
        return packet ? 1 : 0;
    }

    private static @Nullable ExportedFlow rawPacket(ByteBuf in, Source source, long nowMs) {
        int link =
                switch (in.readInt()) {
                    case ETHERNET -> Packet.Link.ETHERNET;
                    case IPV4 -> Packet.Link.IPV4;
                    case IPV6 -> Packet.Link.IPV6;
                    case MPLS -> Packet.Link.MPLS;
                    default -> -1;
                };
        in.skipBytes(8);
        int size = in.readInt();
        if (link < 0 || size < 0 || size > in.readableBytes()) {
            return null;
        }
        Packet packet = Packet.read(link, in.nioBuffer(in.readerIndex(), size));
        if (packet == null) {
            return null;
        }
        return flow(
                packet.sourceIp(),
                packet.destinationIp(),
                packet.sourcePort(),
                packet.destinationPort(),
                packet.protocol(),
                packet.ipLength(),
                packet.tcpFlags(),
                packet.icmpType(),
                packet.tunnel(),
                source,
                nowMs);
    }

    private static ExportedFlow sampled(ByteBuf in, int addressLength, Source source, long nowMs) {
        int length = in.readInt();
        int protocol = in.readInt();
        String from = text(in, addressLength);
        String to = text(in, addressLength);
        int fromPort = in.readInt() & 0xffff;
        int toPort = in.readInt() & 0xffff;
        int flags = in.readInt() & 0xff;
        return flow(
                from,
                to,
                fromPort,
                toPort,
                protocol & 255,
                length,
                protocol == Packet.TCP ? (Integer) flags : null,
                null,
                null,
                source,
                nowMs);
    }

    private static ExportedFlow flow(
            String from,
            String to,
            @Nullable Integer fromPort,
            @Nullable Integer toPort,
            int protocol,
            int length,
            @Nullable Integer flags,
            @Nullable Integer icmpType,
            @Nullable String tunnel,
            Source source,
            long nowMs) {
        return new ExportedFlow(
                from,
                to,
                fromPort,
                toPort,
                protocol,
                (long) Math.max(0, length),
                1L,
                null,
                null,
                flags,
                null,
                nowMs,
                nowMs,
                null,
                nowMs,
                icmpType == null ? null : (Integer) (icmpType << 8),
                null,
                source.isDropped() ? (Integer) DROPPED : null,
                source.sampling(),
                null,
                source.input() + ">" + source.output(),
                null,
                null,
                null,
                tunnel);
    }

    private static ByteBuf part(ByteBuf in, String what) throws MalformedDatagramException {
        long length = in.readUnsignedInt();
        if (length > in.readableBytes()) {
            throw new MalformedDatagramException(
                    "sFlow " + what + " has length " + length + ", but " + in.readableBytes() + " bytes are left");
        }
        return in.readSlice((int) length);
    }

    private static @Nullable String address(ByteBuf in, int type) throws MalformedDatagramException {
        return switch (type) {
            case 0 -> null;
            case 1 -> text(in, 4);
            case 2 -> text(in, 16);
            default -> throw new MalformedDatagramException("sFlow address type " + type + " is not 0, 1 or 2");
        };
    }

    private static String text(ByteBuf in, int length) {
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return Ip.toText(bytes);
    }
}
