package dev.weir.analytics.detector.c2channel;

import dev.weir.analytics.detector.RemoteServicePorts;
import java.io.Serializable;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code c2-channel}.
 *
 * @param score the least, of 1, that makes a finding
 * @param longConnection the least duration of a long connection
 * @param exchanges the least number of sampled exchanges before their likeness counts
 * @param alikeShare the least share of them that must be of the same size both ways
 * @param learn how long a source must be known before a new peer of it counts
 * @param usualPorts destination ports that programs are expected to use outside
 * @param adminPorts ports of remote administration, which no workload is expected to try outside
 */
public record C2ChannelConfig(
        Double score,
        Duration longConnection,
        Integer exchanges,
        Double alikeShare,
        Duration learn,
        Set<Integer> usualPorts,
        Set<Integer> adminPorts)
        implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Set<Integer> USED_OUTSIDE = Set.of(22, 2375, 2376, 2379, 2380, 10250);

    public C2ChannelConfig(
            @Nullable Double score,
            @Nullable Duration longConnection,
            @Nullable Integer exchanges,
            @Nullable Double alikeShare,
            @Nullable Duration learn,
            @Nullable Set<Integer> usualPorts,
            @Nullable Set<Integer> adminPorts) {
        this.score = score == null ? 0.6 : score;
        this.longConnection = longConnection == null ? Duration.ofMinutes(10) : longConnection;
        this.exchanges = exchanges == null ? 20 : exchanges;
        this.alikeShare = alikeShare == null ? 0.5 : alikeShare;
        this.learn = learn == null ? Duration.ofMinutes(30) : learn;
        this.usualPorts = usualPorts == null
                ? Set.of(
                        22, 25, 53, 80, 111, 2049, 123, 443, 465, 587, 636, 853, 993, 1433, 1521, 3306, 4317, 4318,
                        5432, 5671, 5672, 6379, 6380, 6443, 8883, 9042, 9092, 9093, 9094, 9200, 9243, 10250, 10255,
                        11211, 27017)
                : Set.copyOf(usualPorts);
        this.adminPorts = adminPorts == null ? usualAdminPorts() : Set.copyOf(adminPorts);
    }

    /** The remote services without those that programs use outside: SSH, and the APIs of containers and clusters. */
    private static Set<Integer> usualAdminPorts() {
        Set<Integer> ports = new HashSet<>(RemoteServicePorts.NAMES.keySet());
        ports.removeAll(USED_OUTSIDE);
        return Set.copyOf(ports);
    }
}
