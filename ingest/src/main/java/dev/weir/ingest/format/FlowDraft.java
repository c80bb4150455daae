package dev.weir.ingest.format;

import dev.weir.common.Ip;
import dev.weir.ingest.packet.Icmp;
import dev.weir.ingest.packet.Packet;
import dev.weir.model.Direction;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.L7;
import dev.weir.model.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A flow that is put together from the fields of a line. A field that stays null is absent. */
final class FlowDraft {
    final End source = new End();
    final End destination = new End();

    @Nullable Long startMs;

    @Nullable Long endMs;

    @Nullable String protocol;

    Verdict verdict = Verdict.UNKNOWN;

    @Nullable String dropReason;

    @Nullable Direction direction;

    @Nullable Boolean isReply;

    @Nullable Boolean encrypted;

    @Nullable String cluster;

    @Nullable String reporter;

    @Nullable Integer sampling;

    /** Type and code of the ICMP message that the flow consists of. */
    @Nullable Integer icmpType;

    @Nullable String dnsQuery;

    @Nullable String dnsType;

    @Nullable String dnsRcode;

    @Nullable List<String> dnsAnswers;

    @Nullable String httpMethod;

    @Nullable String httpHost;

    @Nullable String httpPath;

    @Nullable Integer httpStatus;

    @Nullable String sni;

    /** One endpoint of the draft. */
    static final class End {
        @Nullable String ip;

        @Nullable Integer port;

        @Nullable Long bytes;

        @Nullable Long packets;

        @Nullable Integer tcpFlags;

        @Nullable String namespace;

        @Nullable String pod;

        @Nullable String workload;

        @Nullable String workloadKind;

        @Nullable Map<String, String> labels;

        @Nullable String node;

        @Nullable String service;

        @Nullable List<String> names;

        private Endpoint endpoint(String side, boolean ports) {
            if (ip == null) {
                throw new InvalidRecordException(side + ".ip", "is missing");
            }
            try {
                return new Endpoint(
                        ip,
                        ports ? port : null,
                        bytes,
                        packets,
                        tcpFlags,
                        namespace,
                        pod,
                        workload,
                        workloadKind,
                        labels,
                        node,
                        service,
                        names);
            } catch (InvalidRecordException e) {
                throw e.under(side);
            }
        }
    }

    /**
     * Returns the flow, or null if it is an ICMP error, which concerns another connection and is none itself.
     *
     * @throws InvalidRecordException if a field of the flow is missing or wrong; it names the field
     */
    @Nullable Flow flow(String collector) {
        if (startMs == null) {
            throw new InvalidRecordException("start_ms", "is missing");
        }
        if (protocol == null) {
            throw new InvalidRecordException("protocol", "is missing");
        }
        boolean icmp = isIcmp();
        int version = icmp && icmp().equals("ICMPV6") ? Packet.ICMPV6 : Packet.ICMP;
        if (icmp && icmpType != null && Icmp.isError(version, icmpType)) {
            return null;
        }
        Boolean byType = icmp && icmpType != null ? Icmp.isReply(version, icmpType) : null;
        return new Flow(
                startMs,
                endMs == null ? startMs : Math.max(endMs, startMs),
                source.endpoint("source", !icmp),
                destination.endpoint("destination", !icmp),
                icmp ? icmp() : protocol,
                verdict,
                dropReason,
                direction,
                byType == null ? isReply : byType,
                encrypted,
                cluster,
                reporter,
                collector,
                sampling,
                l7());
    }

    private boolean isIcmp() {
        return switch (String.valueOf(protocol).toUpperCase(Locale.ROOT)) {
            case "ICMP", "ICMPV4", "1", "ICMPV6", "ICMP6", "58" -> true;
            default -> false;
        };
    }

    /** Sources often call ICMP and ICMPv6 both "ICMP"; the addresses decide. */
    private String icmp() {
        String canonical = source.ip == null ? null : Ip.canonical(source.ip);
        return canonical != null && canonical.indexOf(':') >= 0 ? "ICMPV6" : "ICMP";
    }

    private @Nullable L7 l7() {
        L7.Dns dns = dnsQuery == null && dnsType == null && dnsRcode == null
                ? null
                : new L7.Dns(dnsQuery, dnsType, dnsRcode, dnsAnswers);
        L7.Http http = httpMethod == null && httpHost == null && httpPath == null && httpStatus == null
                ? null
                : new L7.Http(httpMethod, httpHost, httpPath, httpStatus);
        L7.Tls tls = sni == null ? null : new L7.Tls(sni);
        return dns == null && http == null && tls == null ? null : new L7(dns, http, tls);
    }
}
