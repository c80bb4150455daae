package dev.weir.ingest.collector.netflow;

import dev.weir.common.Ip;
import dev.weir.ingest.packet.Packet;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads one data record field by field, into an {@link ExportedFlow} or into the sampling that an options record
 * describes.
 */
final class RecordReader {
    /** Seconds between the NTP era of 1900 and the Unix epoch. */
    private static final long NTP_TO_UNIX = 2_208_988_800L;

    private final long exportMs;
    private final @Nullable Long uptimeMs;
    private final ExporterState state;

    private @Nullable String sourceV4;
    private @Nullable String sourceV6;
    private @Nullable String destinationV4;
    private @Nullable String destinationV6;
    private @Nullable Integer sourcePort;
    private @Nullable Integer destinationPort;
    /** The elements for the ports of one protocol; a template may have those of both. */
    private @Nullable Integer udpSourcePort;

    private @Nullable Integer udpDestinationPort;
    private @Nullable Integer tcpSourcePort;
    private @Nullable Integer tcpDestinationPort;
    private int protocol;
    private final Counter bytes = new Counter();
    private final Counter packets = new Counter();
    private boolean initiator;
    private @Nullable Integer biflowDirection;
    private @Nullable Long reverseBytes;
    private @Nullable Long reversePackets;
    private @Nullable Integer tcpFlags;
    private @Nullable Integer reverseTcpFlags;
    private @Nullable Long startMs;
    private @Nullable Long endMs;
    private @Nullable Long startUptime;
    private @Nullable Long endUptime;
    private @Nullable Long eventMs;
    /** A template may have the elements of both versions, with zeros in those of the other version. */
    private @Nullable Integer icmpType;

    private @Nullable Integer icmpTypeWithCode;
    private @Nullable Integer icmp6Type;
    private @Nullable Integer icmp6TypeWithCode;
    private @Nullable Integer firewallEvent;
    private @Nullable Integer forwardingStatus;
    private @Nullable Long sampler;
    private @Nullable Integer samplingInterval;
    private @Nullable Long samplingPackets;
    private @Nullable Long samplingSpace;
    private @Nullable Long samplingSize;
    private @Nullable Long samplingPopulation;
    private @Nullable String natDestination;
    private @Nullable Integer natDestinationPort;
    private @Nullable Long ingressInterface;
    private @Nullable Long egressInterface;
    private @Nullable Long flowDirection;
    private @Nullable Antrea antrea;
    private @Nullable Packet section;

    /**
     * Creates a reader for one record.
     *
     * @param uptimeMs the exporter's uptime at {@code exportMs}; null if the header has none (IPFIX)
     */
    RecordReader(long exportMs, @Nullable Long uptimeMs, ExporterState state) {
        this.exportMs = exportMs;
        this.uptimeMs = uptimeMs;
        this.state = state;
    }

    /** Keeps the value of the element with the highest rank, and the first one if an element is repeated. */
    private static final class Counter {
        private int rank = Integer.MAX_VALUE;
        private @Nullable Long value;

        void offer(int newRank, long newValue) {
            if (newRank < rank) {
                rank = newRank;
                value = newValue;
            }
        }
    }

    /** Reads one field; {@code value} contains exactly its bytes. */
    void read(FlowTemplate.Field field, ByteBuf value) {
        if (field.enterprise() == 0) {
            readStandard(field.element(), value);
        } else if (field.enterprise() == Element.REVERSE_ENTERPRISE) {
            readReverse(field.element(), value);
        } else if (field.enterprise() == Antrea.ENTERPRISE) {
            if (antrea == null) {
                antrea = new Antrea();
            }
            antrea.read(field.element(), value);
        }
    }

    private void readStandard(int element, ByteBuf value) {
        switch (element) {
            case Element.SOURCE_IPV4 -> sourceV4 = address(value, 4, sourceV4);
            case Element.DESTINATION_IPV4 -> destinationV4 = address(value, 4, destinationV4);
            case Element.SOURCE_IPV6 -> sourceV6 = address(value, 16, sourceV6);
            case Element.DESTINATION_IPV6 -> destinationV6 = address(value, 16, destinationV6);
            case Element.SOURCE_PORT -> sourcePort = first(sourcePort, (int) number(value) & 0xffff);
            case Element.UDP_SOURCE_PORT -> udpSourcePort = first(udpSourcePort, (int) number(value) & 0xffff);
            case Element.TCP_SOURCE_PORT -> tcpSourcePort = first(tcpSourcePort, (int) number(value) & 0xffff);
            case Element.DESTINATION_PORT -> destinationPort = first(destinationPort, (int) number(value) & 0xffff);
            case Element.UDP_DESTINATION_PORT ->
                udpDestinationPort = first(udpDestinationPort, (int) number(value) & 0xffff);
            case Element.TCP_DESTINATION_PORT ->
                tcpDestinationPort = first(tcpDestinationPort, (int) number(value) & 0xffff);
            case Element.NAT_DESTINATION_IPV4 -> natDestination = address(value, 4, natDestination);
            case Element.NAT_DESTINATION_IPV6 -> natDestination = address(value, 16, natDestination);
            case Element.NAT_DESTINATION_PORT -> natDestinationPort = (int) number(value) & 0xffff;
            case Element.PROTOCOL -> protocol = (int) number(value) & 0xff;
            case Element.TCP_FLAGS -> tcpFlags = (int) number(value) & 0xff;
            case Element.BYTES -> bytes.offer(0, number(value));
            case Element.TOTAL_BYTES -> bytes.offer(1, number(value));
            case Element.INITIATOR_BYTES -> {
                initiator = true;
                bytes.offer(2, number(value));
            }
            case Element.OUT_BYTES -> bytes.offer(3, number(value));
            case Element.PACKETS -> packets.offer(0, number(value));
            case Element.TOTAL_PACKETS -> packets.offer(1, number(value));
            case Element.INITIATOR_PACKETS -> {
                initiator = true;
                packets.offer(2, number(value));
            }
            case Element.OUT_PACKETS -> packets.offer(3, number(value));
            case Element.BIFLOW_DIRECTION -> biflowDirection = (int) number(value);
            case Element.RESPONDER_BYTES -> reverseBytes = number(value);
            case Element.RESPONDER_PACKETS -> reversePackets = number(value);
            case Element.ICMP_TYPE_CODE -> icmpTypeWithCode = (int) number(value) >> 8 & 0xff;
            case Element.ICMP6_TYPE_CODE -> icmp6TypeWithCode = (int) number(value) >> 8 & 0xff;
            case Element.ICMP_TYPE -> icmpType = (int) number(value) & 0xff;
            case Element.ICMP6_TYPE -> icmp6Type = (int) number(value) & 0xff;
            case Element.FIREWALL_EVENT -> firewallEvent = (int) number(value) & 0xff;
            case Element.FORWARDING_STATUS -> forwardingStatus = (int) number(value) & 0xff;
            case Element.SAMPLER_ID, Element.SELECTOR_ID -> sampler = number(value);
            case Element.SAMPLING_INTERVAL, Element.SAMPLER_INTERVAL -> samplingInterval = rate(number(value));
            case Element.SAMPLING_PACKET_INTERVAL -> samplingPackets = number(value);
            case Element.SAMPLING_PACKET_SPACE -> samplingSpace = number(value);
            case Element.SAMPLING_SIZE -> samplingSize = number(value);
            case Element.SAMPLING_POPULATION -> samplingPopulation = number(value);
            case Element.SAMPLING_PROBABILITY -> samplingInterval = ofProbability(value);
            case Element.INGRESS_INTERFACE -> ingressInterface = number(value);
            case Element.EGRESS_INTERFACE -> egressInterface = number(value);
            case Element.FLOW_DIRECTION -> flowDirection = number(value);
            case Element.FRAME_SECTION, Element.LAYER_2_SECTION -> section = packet(Packet.Link.ETHERNET, value);
            case Element.IP_SECTION -> section = packet(Packet.Link.RAW, value);
            default -> readTime(element, value);
        }
    }

    private void readTime(int element, ByteBuf value) {
        switch (element) {
            case Element.START_MILLISECONDS -> startMs = number(value);
            case Element.END_MILLISECONDS -> endMs = number(value);
            case Element.START_MICROSECONDS, Element.START_NANOSECONDS -> startMs = ntp(value, startMs);
            case Element.END_MICROSECONDS, Element.END_NANOSECONDS -> endMs = ntp(value, endMs);
            case Element.START_SECONDS -> startMs = startMs == null ? (Long) (number(value) * 1000) : startMs;
            case Element.END_SECONDS -> endMs = endMs == null ? (Long) (number(value) * 1000) : endMs;
            case Element.START_DELTA_MICROSECONDS -> startMs = exportMs - (number(value) + 999) / 1000;
            case Element.END_DELTA_MICROSECONDS -> endMs = exportMs - (number(value) + 999) / 1000;
            case Element.START_UPTIME -> startUptime = number(value);
            case Element.END_UPTIME -> endUptime = number(value);
            case Element.SYSTEM_INIT -> state.learnSystemInit(number(value));
            case Element.OBSERVATION_MILLISECONDS -> eventMs = number(value);
            default -> {
                // Other elements are no part of a flow.
            }
        }
    }

    private void readReverse(int element, ByteBuf value) {
        switch (element) {
            case Element.BYTES, Element.TOTAL_BYTES -> reverseBytes = number(value);
            case Element.PACKETS, Element.TOTAL_PACKETS -> reversePackets = number(value);
            case Element.TCP_FLAGS -> reverseTcpFlags = (int) number(value) & 0xff;
            default -> {
                // The other reverse elements repeat the forward ones.
            }
        }
    }

    /** Applies the sampling of an options record to the exporter's state. */
    void learnSampling() {
        Integer interval = interval();
        if (interval != null) {
            state.learnSampling(sampler, interval);
        }
    }

    /** Returns the flow, or null if the record has no addresses. */
    @Nullable ExportedFlow flow() {
        boolean v4 = sourceV4 != null && destinationV4 != null;
        boolean v4IsEmpty = "0.0.0.0".equals(sourceV4) && "0.0.0.0".equals(destinationV4);
        boolean v6IsEmpty =
                sourceV6 == null || destinationV6 == null || ("::".equals(sourceV6) && "::".equals(destinationV6));
        String source = v4 && (!v4IsEmpty || v6IsEmpty) ? sourceV4 : sourceV6;
        String destination = v4 && (!v4IsEmpty || v6IsEmpty) ? destinationV4 : destinationV6;
        if (source == null || destination == null) {
            return section == null ? null : ofSection(section);
        }
        Integer own = interval();
        return new ExportedFlow(
                source,
                destination,
                port(sourcePort, tcpSourcePort, udpSourcePort),
                port(destinationPort, tcpDestinationPort, udpDestinationPort),
                protocol,
                bytes.value,
                packets.value,
                reverseBytes,
                reversePackets,
                tcpFlags,
                reverseTcpFlags,
                startMs == null ? absolute(startUptime) : startMs,
                endMs == null ? absolute(endUptime) : endMs,
                eventMs,
                exportMs,
                icmpTypeCode(),
                firewallEvent,
                forwardingStatus,
                own == null ? state.sampling(sampler) : own,
                isReply(),
                point(),
                natDestination == null || Ip.isUnspecified(natDestination) ? null : natDestination,
                natDestinationPort == null || natDestinationPort == 0 ? null : natDestinationPort,
                antrea,
                null);
    }

    /**
     * Returns the flow of a record that contains the beginning of a packet instead of its fields: one packet, unless
     * the record has counters.
     */
    private ExportedFlow ofSection(Packet packet) {
        Integer own = interval();
        Integer icmp = packet.icmpType();
        return new ExportedFlow(
                packet.sourceIp(),
                packet.destinationIp(),
                packet.sourcePort(),
                packet.destinationPort(),
                packet.protocol(),
                bytes.value == null ? (Long) (long) packet.ipLength() : bytes.value,
                packets.value == null ? (Long) 1L : packets.value,
                null,
                null,
                packet.tcpFlags(),
                null,
                startMs == null ? absolute(startUptime) : startMs,
                endMs == null ? absolute(endUptime) : endMs,
                eventMs,
                exportMs,
                icmp == null ? null : (Integer) (icmp << 8),
                firewallEvent,
                forwardingStatus,
                own == null ? state.sampling(sampler) : own,
                null,
                point(),
                null,
                null,
                antrea,
                packet.tunnel());
    }

    private @Nullable Packet packet(int link, ByteBuf value) {
        return section == null ? Packet.read(link, value.nioBuffer()) : section;
    }

    /** Returns the port of the record's protocol; exporters write 0 for a port that they do not know. */
    private @Nullable Integer port(@Nullable Integer any, @Nullable Integer ofTcp, @Nullable Integer ofUdp) {
        Integer own =
                switch (protocol) {
                    case Packet.TCP -> ofTcp;
                    case Packet.UDP -> ofUdp;
                    default -> null;
                };
        return present(any, own);
    }

    /** Returns the first value that is not 0, of either element; else 0 if one of them is present. */
    private static @Nullable Integer present(@Nullable Integer a, @Nullable Integer b) {
        boolean isFirst = a != null && (a != 0 || b == null);
        return isFirst ? a : b;
    }

    private @Nullable Integer icmpTypeCode() {
        Integer type =
                protocol == Packet.ICMPV6 ? present(icmp6Type, icmp6TypeWithCode) : present(icmpType, icmpTypeWithCode);
        return present(type == null ? null : (Integer) (type << 8), icmpOfPort());
    }

    /**
     * Returns type and code of ICMP, which NetFlow v5 and v9 write in place of the destination port; IPFIX has elements
     * for them. Exporters write 0 if they do not know the type, so it is not taken for an echo reply.
     */
    private @Nullable Integer icmpOfPort() {
        boolean isIpfix = uptimeMs == null;
        return isIpfix || destinationPort == null || destinationPort == 0 ? null : destinationPort;
    }

    /**
     * Returns whether the source answers (RFC 5103): 1 if the source opened the connection, 2 if the destination did,
     * other values if it is unknown.
     */
    private @Nullable Boolean isReply() {
        if (biflowDirection == null) {
            return initiator ? Boolean.FALSE : null;
        }
        return switch (biflowDirection) {
            case 1 -> Boolean.FALSE;
            case 2 -> Boolean.TRUE;
            default -> null;
        };
    }

    private @Nullable String point() {
        return ingressInterface == null && egressInterface == null && flowDirection == null
                ? null
                : ingressInterface + ">" + egressInterface + " " + flowDirection;
    }

    /** Converts a time counted from the exporter's start; the 32-bit difference to its uptime survives a wrap. */
    private @Nullable Long absolute(@Nullable Long uptime) {
        if (uptime == null) {
            return null;
        }
        if (uptimeMs != null) {
            return exportMs - (int) (uptimeMs - uptime);
        }
        Long systemInit = state.systemInitMs();
        return systemInit == null ? null : (Long) (systemInit + uptime);
    }

    private @Nullable Integer interval() {
        if (samplingPackets != null && samplingPackets > 0 && samplingSpace != null) {
            return rate((samplingPackets + samplingSpace) / samplingPackets);
        }
        if (samplingSize != null && samplingSize > 0 && samplingPopulation != null) {
            return rate(samplingPopulation / samplingSize);
        }
        return samplingInterval;
    }

    /**
     * Converts a probability to the sampling factor; null if it is none. Four bytes are a float32, by reduced-size
     * encoding.
     */
    private static @Nullable Integer ofProbability(ByteBuf value) {
        double probability =
                switch (value.readableBytes()) {
                    case 4 -> value.readFloat();
                    case 8 -> value.readDouble();
                    default -> 0;
                };
        return probability > 0 && probability <= 1 ? rate(Math.round(1 / probability)) : null;
    }

    private static @Nullable Integer rate(long oneOf) {
        return oneOf < 1 || oneOf > Integer.MAX_VALUE ? null : (Integer) (int) oneOf;
    }

    private static Integer first(@Nullable Integer known, int value) {
        return known == null ? (Integer) value : known;
    }

    private static @Nullable String address(ByteBuf value, int length, @Nullable String known) {
        if (known != null || value.readableBytes() != length) {
            return known;
        }
        byte[] bytes = new byte[length];
        value.readBytes(bytes);
        return Ip.toText(bytes);
    }

    private static @Nullable Long ntp(ByteBuf value, @Nullable Long known) {
        if (value.readableBytes() != 8) {
            return known;
        }
        long seconds = value.readUnsignedInt() - NTP_TO_UNIX;
        return seconds * 1000 + (value.readUnsignedInt() * 1000 >>> 32);
    }

    /**
     * Reads an unsigned number of any length, as reduced-size encoding allows; of more than eight bytes the last eight
     * count.
     */
    static long number(ByteBuf value) {
        return switch (value.readableBytes()) {
            case Byte.BYTES -> value.readUnsignedByte();
            case Short.BYTES -> value.readUnsignedShort();
            case Integer.BYTES -> value.readUnsignedInt();
            case Long.BYTES -> value.readLong();
            default -> numberOfAnyLength(value);
        };
    }

    private static long numberOfAnyLength(ByteBuf value) {
        long number = 0;
        while (value.isReadable()) {
            number = number << 8 | value.readUnsignedByte();
        }
        return number;
    }
}
