package dev.weir.model;

import dev.weir.common.Ip;
import dev.weir.common.Text;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One end of a flow. The counters are those of the packets that this end sent. Every component but {@code ip} is null
 * when the record does not hold it; a counter of zero means that the record holds a zero.
 *
 * @param ip canonical address text
 * @param port 1 to 65535; null when the record does not give it. 0 becomes null: no service has that port (RFC 6335,
 *     section 6), and exporters write it for what they do not know
 * @param tcpFlags union of the {@link TcpFlags} bits that this end sent
 * @param workload name of the controller that owns the pod, or of the pod itself when nothing owns it
 * @param service name of the Service by whose address the pod was reached
 * @param names domain names by which the address is known
 * @param zone topology zone of the node
 * @param network name of the network of an address outside the cluster: {@code AS15169 GOOGLE}, or a list that holds it
 * @param country country of an address outside the cluster, ISO 3166-1
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
            throw new InvalidRecordException("ip", "'" + Text.cut(ip, 64, "...") + "' is not an IP address");
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

    /** Creates an end of which only address and port are known. */
    public static Endpoint of(String ip, @Nullable Integer port) {
        return builder().ip(ip).port(port).build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns a builder that holds the components of this end. They are valid already, so checking them again is cheap.
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.ip = ip;
        builder.port = port;
        builder.bytes = bytes;
        builder.packets = packets;
        builder.tcpFlags = tcpFlags;
        builder.namespace = namespace;
        builder.pod = pod;
        builder.workload = workload;
        builder.workloadKind = workloadKind;
        builder.labels = labels;
        builder.node = node;
        builder.service = service;
        builder.names = names;
        builder.zone = zone;
        builder.network = network;
        builder.country = country;
        return builder;
    }

    /** Returns a copy of this end with other counters and flags. */
    public Endpoint withCounters(@Nullable Long newBytes, @Nullable Long newPackets, @Nullable Integer newFlags) {
        return with(ip, port, newBytes, newPackets, newFlags);
    }

    /**
     * Returns this endpoint with the namespace, pod, workload, labels, node, service and zone of another one, and its
     * own address, counters, DNS names and location.
     */
    public Endpoint withNamesOf(Endpoint other) {
        return toBuilder()
                .namespace(other.namespace)
                .pod(other.pod)
                .workload(other.workload)
                .workloadKind(other.workloadKind)
                .labels(other.labels)
                .node(other.node)
                .service(other.service)
                .zone(other.zone)
                .build();
    }

    /** Returns an end that has the names of this one, at another address and port and with other counters. */
    public Endpoint with(
            String newIp,
            @Nullable Integer newPort,
            @Nullable Long newBytes,
            @Nullable Long newPackets,
            @Nullable Integer newFlags) {
        return toBuilder()
                .ip(newIp)
                .port(newPort)
                .bytes(newBytes)
                .packets(newPackets)
                .tcpFlags(newFlags)
                .build();
    }

    /** The number of labels and domain names. */
    int labelsAndNames() {
        return (labels == null ? 0 : labels.size()) + (names == null ? 0 : names.size());
    }

    /** Returns a copy of this end at another port. */
    public Endpoint withPort(int newPort) {
        return toBuilder().port(newPort).build();
    }

    /** Returns a copy of this end with other domain names. */
    public Endpoint withNames(List<String> newNames) {
        return toBuilder().names(newNames).build();
    }

    /** Returns a copy of this end in another network and country. */
    public Endpoint withNetwork(@Nullable String newNetwork, @Nullable String newCountry) {
        return toBuilder().network(newNetwork).country(newCountry).build();
    }

    /** Returns a copy of this end with another namespace, pod, node and Service. */
    public Endpoint named(
            @Nullable String newNamespace,
            @Nullable String newPod,
            @Nullable String newNode,
            @Nullable String newService) {
        return toBuilder()
                .namespace(newNamespace)
                .pod(newPod)
                .node(newNode)
                .service(newService)
                .build();
    }

    /** Returns a copy of this end whose pod is owned by this workload. */
    public Endpoint owned(String newWorkload, @Nullable String newKind) {
        return toBuilder().workload(newWorkload).workloadKind(newKind).build();
    }

    private static void requireNotNegative(String field, @Nullable Long value) {
        if (value != null && value < 0) {
            throw new InvalidRecordException(field, value + " is negative");
        }
    }

    /** Builds an end field by field; a field that is not set is null. For one thread. */
    public static final class Builder {
        private @Nullable String ip;
        private @Nullable Integer port;
        private @Nullable Long bytes;
        private @Nullable Long packets;
        private @Nullable Integer tcpFlags;
        private @Nullable String namespace;
        private @Nullable String pod;
        private @Nullable String workload;
        private @Nullable String workloadKind;
        private @Nullable Map<String, String> labels;
        private @Nullable String node;
        private @Nullable String service;
        private @Nullable List<String> names;
        private @Nullable String zone;
        private @Nullable String network;
        private @Nullable String country;

        private Builder() {}

        public Builder ip(@Nullable String value) {
            ip = value;
            return this;
        }

        public Builder port(@Nullable Integer value) {
            port = value;
            return this;
        }

        public Builder bytes(@Nullable Long value) {
            bytes = value;
            return this;
        }

        public Builder packets(@Nullable Long value) {
            packets = value;
            return this;
        }

        public Builder tcpFlags(@Nullable Integer value) {
            tcpFlags = value;
            return this;
        }

        public Builder namespace(@Nullable String value) {
            namespace = value;
            return this;
        }

        public Builder pod(@Nullable String value) {
            pod = value;
            return this;
        }

        public Builder workload(@Nullable String value) {
            workload = value;
            return this;
        }

        public Builder workloadKind(@Nullable String value) {
            workloadKind = value;
            return this;
        }

        public Builder labels(@Nullable Map<String, String> value) {
            labels = value;
            return this;
        }

        public Builder node(@Nullable String value) {
            node = value;
            return this;
        }

        public Builder service(@Nullable String value) {
            service = value;
            return this;
        }

        public Builder names(@Nullable List<String> value) {
            names = value;
            return this;
        }

        public Builder zone(@Nullable String value) {
            zone = value;
            return this;
        }

        public Builder network(@Nullable String value) {
            network = value;
            return this;
        }

        public Builder country(@Nullable String value) {
            country = value;
            return this;
        }

        public @Nullable String ip() {
            return ip;
        }

        public @Nullable Integer port() {
            return port;
        }

        public @Nullable Long bytes() {
            return bytes;
        }

        public @Nullable Long packets() {
            return packets;
        }

        public @Nullable Integer tcpFlags() {
            return tcpFlags;
        }

        public @Nullable String namespace() {
            return namespace;
        }

        public @Nullable String pod() {
            return pod;
        }

        public @Nullable String workload() {
            return workload;
        }

        public @Nullable Map<String, String> labels() {
            return labels;
        }

        public @Nullable String node() {
            return node;
        }

        public @Nullable String service() {
            return service;
        }

        /**
         * Returns the end.
         *
         * @throws InvalidRecordException naming the invalid field, or {@code ip} when it is missing
         */
        public Endpoint build() {
            if (ip == null) {
                throw new InvalidRecordException("ip", "is missing");
            }
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
                    network,
                    country);
        }
    }
}
