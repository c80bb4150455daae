package dev.weir.ingest.collector.kubernetes;

import dev.weir.common.config.ConfigException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the {@code kubernetes} collector.
 *
 * @param enabled true to watch the cluster
 * @param kubeconfig file with the API server's address and credentials; null for the pod's service account, or the
 *     user's own file
 * @param leaderElection true if several replicas elect one that publishes
 * @param leaseNamespace namespace of the Lease for the election
 * @param leaseName name of the Lease
 * @param leaseDuration time after which a leader that has gone is replaced
 * @param discovery interval at which the API server is asked for kinds that it did not serve
 */
public record KubernetesConfig(
        Boolean enabled,
        @Nullable String kubeconfig,
        Boolean leaderElection,
        String leaseNamespace,
        String leaseName,
        Duration leaseDuration,
        Duration discovery) {
    private static final Duration SHORTEST = Duration.ofSeconds(3);

    public KubernetesConfig(
            @Nullable Boolean enabled,
            @Nullable String kubeconfig,
            @Nullable Boolean leaderElection,
            @Nullable String leaseNamespace,
            @Nullable String leaseName,
            @Nullable Duration leaseDuration,
            @Nullable Duration discovery) {
        this.enabled = enabled != null && enabled;
        this.kubeconfig = kubeconfig;
        this.leaderElection = leaderElection == null || leaderElection;
        this.leaseNamespace = leaseNamespace == null ? "weir" : leaseNamespace;
        this.leaseName = leaseName == null ? "weir-context" : leaseName;
        this.leaseDuration = leaseDuration == null ? Duration.ofSeconds(15) : leaseDuration;
        this.discovery = discovery == null ? Duration.ofSeconds(30) : discovery;
        if (this.discovery.isZero() || this.discovery.isNegative()) {
            throw new ConfigException("discovery is below 1ms");
        }
        if (this.leaseDuration.compareTo(SHORTEST) < 0) {
            throw new ConfigException("lease_duration is below " + SHORTEST.toSeconds() + "s");
        }
    }
}
