package dev.weir.ingest.collector.kubernetes;

import dev.weir.model.ContextChange;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kinds that are watched: a line for each. A test compares the rights in {@code deploy/kubernetes/rbac.yaml} with
 * them.
 */
public final class WatchedKinds {
    /**
     * A kind of the API.
     *
     * @param group empty for the core group
     * @param required true if every cluster has the kind
     */
    public record Kind(String group, String version, String kind, String plural, boolean namespaced, boolean required) {
        ResourceDefinitionContext context() {
            return new ResourceDefinitionContext.Builder()
                    .withGroup(group)
                    .withVersion(version)
                    .withKind(kind)
                    .withPlural(plural)
                    .withNamespaced(namespaced)
                    .build();
        }

        String apiVersion() {
            return group.isEmpty() ? version : group + "/" + version;
        }

        /** Returns the key of an object in a cluster. */
        String key(@Nullable String cluster, @Nullable String namespace, String name) {
            return ContextChange.key(cluster, group.isEmpty() ? null : group, kind, namespace, name);
        }

        /** Returns true if the change is of an object of this kind. */
        boolean has(ContextChange change) {
            return key(null, change.namespace(), change.name()).equals(change.keyInCluster());
        }
    }

    private static final String POLICY_GROUP = "policy.networking.k8s.io";

    /** The group in which Calico keeps its policies in the API server's own store. */
    private static final String CALICO_STORED = "crd.projectcalico.org";

    /** The group in which Calico's own API server serves them, and newer releases keep them. */
    private static final String CALICO_SERVED = "projectcalico.org";

    /** All kinds; namespaces and nodes first, since the others depend on them. */
    public static final List<Kind> ALL = List.of(
            new Kind("", "v1", "Namespace", "namespaces", false, true),
            new Kind("", "v1", "Node", "nodes", false, true),
            new Kind("", "v1", "Service", "services", true, true),
            new Kind("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", true, true),
            new Kind("apps", "v1", "ReplicaSet", "replicasets", true, true),
            new Kind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true, true),
            new Kind(POLICY_GROUP, "v1alpha1", "AdminNetworkPolicy", "adminnetworkpolicies", false, false),
            new Kind(
                    POLICY_GROUP,
                    "v1alpha1",
                    "BaselineAdminNetworkPolicy",
                    "baselineadminnetworkpolicies",
                    false,
                    false),
            new Kind(POLICY_GROUP, "v1alpha2", "ClusterNetworkPolicy", "clusternetworkpolicies", false, false),
            new Kind("cilium.io", "v2", "CiliumNetworkPolicy", "ciliumnetworkpolicies", true, false),
            new Kind(
                    "cilium.io",
                    "v2",
                    "CiliumClusterwideNetworkPolicy",
                    "ciliumclusterwidenetworkpolicies",
                    false,
                    false),
            new Kind(CALICO_STORED, "v1", "GlobalNetworkPolicy", "globalnetworkpolicies", false, false),
            new Kind(CALICO_STORED, "v1", "NetworkPolicy", "networkpolicies", true, false),
            new Kind(CALICO_SERVED, "v3", "GlobalNetworkPolicy", "globalnetworkpolicies", false, false),
            new Kind(CALICO_SERVED, "v3", "NetworkPolicy", "networkpolicies", true, false),
            new Kind("security.istio.io", "v1", "AuthorizationPolicy", "authorizationpolicies", true, false),
            new Kind("", "v1", "Pod", "pods", true, true));

    private WatchedKinds() {}
}
