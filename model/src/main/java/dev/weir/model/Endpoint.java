package dev.weir.model;

import dev.weir.common.Ip;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One end of a flow. Counters are what this end sent. Every component but {@code ip} is null when the source of the
 * record did not tell; a counter of zero means that it was told to be zero.
 *
 * @param ip canonical address text
 * @param port 1 to 65535; null when the record does not give it. 0 becomes null: no service has that port (RFC 6335,
 *     section 6), and exporters write it for what they do not know
 * @param tcpFlags union of {@link TcpFlags} bits that this end sent
 * @param workload name of the controller that owns the pod, or of the pod itself when nothing owns it
 * @param service the Service through whose address the pod was reached
 * @param names domain names by which the address is known
 * @param zone topology zone of its node
 * @param network of an address outside the cluster: {@code AS15169 GOOGLE}, or the name of a list that holds it
 * @param country of such an address, ISO 3166-1
 */
public record Endpoint(
        String ip,
        @Nullable Integer port,
        @Nullable Long bytes,
        @Nullable Long packets,
        @Nullable Integer tcpFlags,
        @Nullable String namespace,
        @Nullable String pod,
        @Nullable String workload,
        @Nullable String workloadKind,
        @Nullable Map<String, String> labels,
        @Nullable String node,
        @Nullable String service,
        @Nullable List<String> names,
        @Nullable String zone,
        @Nullable String network,
        @Nullable String country) {

    public static final int MAX_PORT = 65_535;
    public static final int MAX_TCP_FLAGS = 255;

    public Endpoint {
        String canonical = Ip.canonical(ip);
        if (canonical == null) {
            throw new InvalidRecordException("ip", "'" + abbreviated(ip) + "' is not an IP address");
        }
        ip = canonical;
        if (port != null && (port < 0 || port > MAX_PORT)) {
            throw new InvalidRecordException("port", port + " is outside 0..65535");
        }
        port = port != null && port == 0 ? null : port;
        Names.requireShort("namespace", namespace);
        Names.requireShort("pod", pod);
        Names.requireShort("workload", workload);
        Names.requireShort("workload_kind", workloadKind);
        Names.requireShort("node", node);
        Names.requireShort("service", service);
        Names.requireShort("zone", zone);
        Names.requireShort("network", network);
        Names.requireShort("country", country);
        requireNotNegative("bytes", bytes);
        requireNotNegative("packets", packets);
        if (tcpFlags != null && (tcpFlags < 0 || tcpFlags > MAX_TCP_FLAGS)) {
            throw new InvalidRecordException("tcp_flags", tcpFlags + " is outside 0..255");
        }
    }

    /** An end without zone, network and country. */
    public Endpoint(
            String ip,
            @Nullable Integer port,
            @Nullable Long bytes,
            @Nullable Long packets,
            @Nullable Integer tcpFlags,
            @Nullable String namespace,
            @Nullable String pod,
            @Nullable String workload,
            @Nullable String workloadKind,
            @Nullable Map<String, String> labels,
            @Nullable String node,
            @Nullable String service,
            @Nullable List<String> names) {
        this(
                ip,
                port,
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
                names,
                null,
                null,
                null);
    }

    /** An end of which only address and port are known. */
    public static Endpoint of(String ip, @Nullable Integer port) {
        return new Endpoint(ip, port, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** The same end with other counters and flags. */
    public Endpoint withCounters(@Nullable Long newBytes, @Nullable Long newPackets, @Nullable Integer newFlags) {
        return with(ip, port, newBytes, newPackets, newFlags);
    }

    /** Another end of the same names. */
    public Endpoint with(
            String newIp,
            @Nullable Integer newPort,
            @Nullable Long newBytes,
            @Nullable Long newPackets,
            @Nullable Integer newFlags) {
        return new Endpoint(
                newIp,
                newPort,
                newBytes,
                newPackets,
                newFlags,
                namespace,
                pod,
                workload,
                workloadKind,
                labels,
                node,
                service,
                names,
                zone,
                network,
                country);
    }

    /** The same end at another port. */
    public Endpoint withPort(int newPort) {
        return with(ip, newPort, bytes, packets, tcpFlags);
    }

    /** The same end, known by those names. */
    public Endpoint withNames(List<String> newNames) {
        return new Endpoint(
                ip,
                port,
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
                newNames,
                zone,
                network,
                country);
    }

    /** The same end in that network and country. */
    public Endpoint withNetwork(@Nullable String newNetwork, @Nullable String newCountry) {
        return new Endpoint(
                ip,
                port,
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
                names,
                zone,
                newNetwork,
                newCountry);
    }

    /** The same end, named as the record names it. */
    public Endpoint named(
            @Nullable String newNamespace,
            @Nullable String newPod,
            @Nullable String newNode,
            @Nullable String newService) {
        return new Endpoint(
                ip,
                port,
                bytes,
                packets,
                tcpFlags,
                newNamespace,
                newPod,
                workload,
                workloadKind,
                labels,
                newNode,
                newService,
                names,
                zone,
                network,
                country);
    }

    /** The same end, its pod owned by that workload. */
    public Endpoint owned(String newWorkload, @Nullable String newKind) {
        return new Endpoint(
                ip,
                port,
                bytes,
                packets,
                tcpFlags,
                namespace,
                pod,
                newWorkload,
                newKind,
                labels,
                node,
                service,
                names,
                zone,
                network,
                country);
    }

    private static void requireNotNegative(String field, @Nullable Long value) {
        if (value != null && value < 0) {
            throw new InvalidRecordException(field, value + " is negative");
        }
    }

    private static String abbreviated(String text) {
        return text.length() <= 64 ? text : text.substring(0, 61) + "...";
    }
}
