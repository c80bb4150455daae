package dev.weir.ingest.collector.netflow;

/** Numbers of the information elements that are read, from IANA's IPFIX registry. */
final class Element {
    static final int BYTES = 1;
    static final int PACKETS = 2;
    static final int PROTOCOL = 4;
    static final int TCP_FLAGS = 6;
    static final int SOURCE_PORT = 7;
    static final int SOURCE_IPV4 = 8;
    static final int INGRESS_INTERFACE = 10;
    static final int DESTINATION_PORT = 11;
    static final int DESTINATION_IPV4 = 12;
    static final int EGRESS_INTERFACE = 14;
    static final int END_UPTIME = 21;
    static final int START_UPTIME = 22;
    static final int OUT_BYTES = 23;
    static final int OUT_PACKETS = 24;
    static final int SOURCE_IPV6 = 27;
    static final int DESTINATION_IPV6 = 28;
    static final int ICMP_TYPE_CODE = 32;
    /** Element layer2packetSectionData, replaced by dataLinkFrameSection. */
    static final int LAYER_2_SECTION = 104;

    /** Element ipHeaderPacketSection. The transport header follows the IP header, as far as it was captured. */
    static final int IP_SECTION = 313;
    /** Element dataLinkFrameSection. */
    static final int FRAME_SECTION = 315;

    static final int SAMPLING_INTERVAL = 34;
    static final int SAMPLER_ID = 48;
    static final int SAMPLER_INTERVAL = 50;
    static final int FLOW_DIRECTION = 61;
    static final int TOTAL_BYTES = 85;
    static final int TOTAL_PACKETS = 86;
    static final int FORWARDING_STATUS = 89;
    static final int ICMP6_TYPE_CODE = 139;
    static final int START_SECONDS = 150;
    static final int END_SECONDS = 151;
    static final int START_MILLISECONDS = 152;
    static final int END_MILLISECONDS = 153;
    static final int START_MICROSECONDS = 154;
    static final int END_MICROSECONDS = 155;
    static final int START_NANOSECONDS = 156;
    static final int END_NANOSECONDS = 157;
    static final int START_DELTA_MICROSECONDS = 158;
    static final int END_DELTA_MICROSECONDS = 159;
    static final int SYSTEM_INIT = 160;
    static final int ICMP_TYPE = 176;
    static final int ICMP6_TYPE = 178;
    static final int UDP_SOURCE_PORT = 180;
    static final int UDP_DESTINATION_PORT = 181;
    static final int TCP_SOURCE_PORT = 182;
    static final int TCP_DESTINATION_PORT = 183;
    /** The destination after address translation (RFC 8158); 225 and 227 are the source's. */
    static final int NAT_DESTINATION_IPV4 = 226;

    static final int NAT_DESTINATION_PORT = 228;
    static final int INITIATOR_BYTES = 231;
    static final int RESPONDER_BYTES = 232;
    static final int FIREWALL_EVENT = 233;
    static final int BIFLOW_DIRECTION = 239;
    static final int NAT_DESTINATION_IPV6 = 282;
    static final int INITIATOR_PACKETS = 298;
    static final int RESPONDER_PACKETS = 299;
    static final int SELECTOR_ID = 302;
    static final int SAMPLING_PACKET_INTERVAL = 305;
    static final int SAMPLING_PACKET_SPACE = 306;
    /** The number of packets selected, of so many in a population, by random samplers (RFC 5477, section 8.2). */
    static final int SAMPLING_SIZE = 309;

    static final int SAMPLING_POPULATION = 310;
    /** The probability of a packet's selection, a float64 of 0..1 (RFC 5477, section 8.2.4). */
    static final int SAMPLING_PROBABILITY = 311;

    static final int OBSERVATION_MILLISECONDS = 323;

    /** The enterprise of the same elements for the packets of the other direction (RFC 5103). */
    static final int REVERSE_ENTERPRISE = 29305;

    private Element() {}
}
