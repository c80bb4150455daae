package dev.weir.analytics.detector.metadataaccess;

import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code metadata-access}.
 *
 * @param learn how long a source must be known before its first access is a finding
 * @param addresses at which clouds hand out the credentials of the machine
 * @param ports of the node's own services, with their names
 * @param apiServers {@code namespace/service} of the API server
 */
public record MetadataAccessConfig(
        Duration learn, Set<String> addresses, Map<Integer, String> ports, Set<String> apiServers)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public MetadataAccessConfig(
            @Nullable Duration learn,
            @Nullable Set<String> addresses,
            @Nullable Map<Integer, String> ports,
            @Nullable Set<String> apiServers) {
        this.learn = learn == null ? Duration.ofHours(24) : learn;
        this.addresses = addresses == null
                ? Set.of("169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "100.100.100.200")
                : Set.copyOf(addresses);
        this.ports = ports == null
                ? Map.of(10250, "the kubelet", 10255, "the kubelet", 2379, "etcd", 2375, "Docker", 2376, "Docker")
                : Map.copyOf(ports);
        this.apiServers = apiServers == null ? Set.of("default/kubernetes") : Set.copyOf(apiServers);
    }
}
