package dev.weir.ingest.collector.hubble;

import com.google.protobuf.ProtocolMessageEnum;
import com.google.protobuf.Timestamp;
import dev.weir.ingest.format.DnsCodes;
import dev.weir.ingest.format.HubbleFormat;
import dev.weir.ingest.format.LineFlows;
import dev.weir.ingest.format.Values;
import dev.weir.ingest.proto.hubble.DNS;
import dev.weir.ingest.proto.hubble.Endpoint;
import dev.weir.ingest.proto.hubble.FlowType;
import dev.weir.ingest.proto.hubble.GetFlowsResponse;
import dev.weir.ingest.proto.hubble.HTTP;
import dev.weir.ingest.proto.hubble.Layer4;
import dev.weir.ingest.proto.hubble.TCPFlags;
import dev.weir.ingest.proto.hubble.Verdict;
import dev.weir.model.Direction;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.TcpFlags;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Flow} of a message of Hubble's service. The result is that of {@link HubbleFormat} for the same
 * message in JSON, where protobuf omits a field with its default value: a zero or an empty text is absent here as well.
 */
final class HubbleFlows {
    private HubbleFlows() {}

    /**
     * Returns the flow of a response.
     *
     * @return null if the response holds no flow: an event of a socket, or a drop of a packet for which Hubble names no
     *     protocol, such as ARP
     * @throws InvalidRecordException if a field is missing or wrong; it names the field
     */
    static @Nullable Flow flow(GetFlowsResponse response) {
        dev.weir.ingest.proto.hubble.Flow record = response.getFlow();
        boolean hasProtocol = record.getL4().getProtocolCase() != Layer4.ProtocolCase.PROTOCOL_NOT_SET;
        if (!response.hasFlow() || isSocketEvent(record) || !hasProtocol) {
            return null;
        }
        Flow.Builder flow = Flow.builder()
                .startMs(time(record.hasTime() ? record.getTime() : response.getTime()))
                .encrypted(record.getIP().getEncrypted() ? Boolean.TRUE : null)
                .cluster(first(
                        record.getSource().getClusterName(),
                        record.getDestination().getClusterName()))
                .verdict(verdict(record.getVerdict()))
                .dropReason(name(record.getDropReasonDesc(), record.getDropReasonDescValue()))
                .direction(direction(record))
                .isReply(record.hasIsReply() ? (Boolean) record.getIsReply().getValue() : null)
                .reporter(Values.known(record.getNodeName()));
        String node = record.getNodeName().substring(record.getNodeName().indexOf('/') + 1);
        end(flow.source(), record.getSource(), node);
        end(flow.destination(), record.getDestination(), node);
        flow.source()
                .ip(Values.known(record.getIP().getSource()))
                .names(texts(record.getSourceNamesList()))
                .service(Values.known(record.getSourceService().getName()));
        flow.destination()
                .ip(Values.known(record.getIP().getDestination()))
                .names(texts(record.getDestinationNamesList()))
                .service(Values.known(record.getDestinationService().getName()));
        Integer icmpType = layer4(flow, record.getL4());
        if (record.getL7().hasDns()) {
            dns(flow, record.getL7().getDns());
        }
        if (record.getL7().hasHttp()) {
            http(flow, record.getL7().getHttp());
        }
        return LineFlows.finish(flow, HubbleCollector.KIND, icmpType);
    }

    /** Returns the direction of a record's traffic, which is the place where its node saw it; null if it is unknown. */
    static @Nullable String point(GetFlowsResponse response) {
        return name(response.getFlow().getTrafficDirection(), response.getFlow().getTrafficDirectionValue());
    }

    /** True if a socket hook wrote the record, which no policy has judged; see {@link HubbleFormat}. */
    private static boolean isSocketEvent(dev.weir.ingest.proto.hubble.Flow record) {
        return record.getVerdict() == Verdict.TRACED
                || record.getVerdict() == Verdict.TRANSLATED
                || record.getType() == FlowType.SOCK;
    }

    private static @Nullable Long time(Timestamp time) {
        if (time.equals(Timestamp.getDefaultInstance())) {
            return null;
        }
        boolean isPossible = Math.abs(time.getSeconds()) <= Flow.MAX_MS / 1_000;
        return isPossible
                ? time.getSeconds() * 1_000 + Math.floorDiv(time.getNanos(), 1_000_000)
                : Long.valueOf(Long.MAX_VALUE);
    }

    private static void end(dev.weir.model.Endpoint.Builder end, Endpoint message, String node) {
        end.namespace(Values.known(message.getNamespace()))
                .pod(Values.known(message.getPodName()))
                .labels(HubbleFormat.podLabels(message.getLabelsList()));
        if (message.getWorkloadsCount() > 0) {
            end.workload(orNull(message.getWorkloads(0).getName()))
                    .workloadKind(orNull(message.getWorkloads(0).getKind()));
        }
        if (end.pod() == null && message.getLabelsList().contains(HubbleFormat.HOST_LABEL)) {
            end.node(Values.known(node));
        }
    }

    /**
     * Sets protocol, ports and TCP flags, and returns the type of ICMP; null for another protocol, or if it is unknown.
     */
    private static @Nullable Integer layer4(Flow.Builder flow, Layer4 l4) {
        switch (l4.getProtocolCase()) {
            case TCP -> {
                flow.protocol("TCP");
                ports(flow, l4.getTCP().getSourcePort(), l4.getTCP().getDestinationPort());
                int flags = flags(l4.getTCP().getFlags());
                flow.source().tcpFlags(flags == 0 ? null : (Integer) flags);
            }
            case UDP -> {
                flow.protocol("UDP");
                ports(flow, l4.getUDP().getSourcePort(), l4.getUDP().getDestinationPort());
            }
            case SCTP -> {
                flow.protocol("SCTP");
                ports(flow, l4.getSCTP().getSourcePort(), l4.getSCTP().getDestinationPort());
            }
            case ICMPV4 -> {
                flow.protocol("ICMP");
                return l4.getICMPv4().getType();
            }
            case ICMPV6 -> {
                flow.protocol("ICMPV6");
                return l4.getICMPv6().getType() == 0
                        ? null
                        : (Integer) l4.getICMPv6().getType();
            }
            // VRRP and IGMP by their number (IANA).
            case VRRP -> flow.protocol("112");
            case IGMP -> flow.protocol("2");
            case PROTOCOL_NOT_SET -> throw new InvalidRecordException("flow.l4", "is missing");
        }
        return null;
    }

    private static void ports(Flow.Builder flow, int source, int destination) {
        flow.source().port(source);
        flow.destination().port(destination);
    }

    private static int flags(TCPFlags flags) {
        return (flags.getFIN() ? TcpFlags.FIN : 0)
                | (flags.getSYN() ? TcpFlags.SYN : 0)
                | (flags.getRST() ? TcpFlags.RST : 0)
                | (flags.getPSH() ? TcpFlags.bit("PSH") : 0)
                | (flags.getACK() ? TcpFlags.ACK : 0)
                | (flags.getURG() ? TcpFlags.bit("URG") : 0)
                | (flags.getECE() ? TcpFlags.bit("ECE") : 0)
                | (flags.getCWR() ? TcpFlags.bit("CWR") : 0);
    }

    private static void dns(Flow.Builder flow, DNS dns) {
        flow.l7()
                .dnsQuery(Values.known(dns.getQuery()))
                .dnsType(dns.getQtypesCount() == 0 ? null : dns.getQtypes(0))
                .dnsRcode(dns.getRcode() == 0 ? null : DnsCodes.rcode(dns.getRcode()))
                .dnsAnswers(texts(dns.getIpsList()));
    }

    private static void http(Flow.Builder flow, HTTP http) {
        String url = Values.known(http.getUrl());
        flow.l7()
                .httpMethod(Values.known(http.getMethod()))
                .httpPath(url == null ? null : HubbleFormat.url(url))
                .httpStatus(http.getCode() == 0 ? null : (Integer) http.getCode());
    }

    private static dev.weir.model.Verdict verdict(Verdict verdict) {
        return switch (verdict) {
            case FORWARDED, REDIRECTED -> dev.weir.model.Verdict.FORWARDED;
            case DROPPED -> dev.weir.model.Verdict.DROPPED;
            case AUDIT -> dev.weir.model.Verdict.AUDIT;
            case ERROR -> dev.weir.model.Verdict.ERROR;
            case VERDICT_UNKNOWN, TRACED, TRANSLATED, UNRECOGNIZED -> dev.weir.model.Verdict.UNKNOWN;
        };
    }

    private static @Nullable Direction direction(dev.weir.ingest.proto.hubble.Flow record) {
        return switch (record.getTrafficDirection()) {
            case INGRESS -> Direction.INGRESS;
            case EGRESS -> Direction.EGRESS;
            case TRAFFIC_DIRECTION_UNKNOWN, UNRECOGNIZED -> null;
        };
    }

    /**
     * Returns the name of an enum's value, or its number if it has no name here; null for 0, which stands for unset.
     */
    private static <E extends Enum<E> & ProtocolMessageEnum> @Nullable String name(E value, int number) {
        return number == 0 ? null : value.name().equals("UNRECOGNIZED") ? Integer.toString(number) : value.name();
    }

    private static @Nullable String first(String one, String other) {
        String text = Values.known(one);
        return text == null ? Values.known(other) : text;
    }

    private static @Nullable String orNull(String value) {
        return value.isEmpty() ? null : value;
    }

    private static @Nullable List<String> texts(List<String> values) {
        return values.isEmpty() ? null : List.copyOf(values);
    }
}
