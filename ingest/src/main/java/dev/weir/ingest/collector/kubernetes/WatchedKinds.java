package dev.weir.ingest.collector.kubernetes;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;

/** What is watched: one line for each kind. The rights in {@code deploy/kubernetes/rbac.yaml} are held to it by a test. */
public final class WatchedKinds {
    /**
     * @param group empty for the core group
     * @param required whether every cluster has it
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
    }

    private static final String POLICY_GROUP = "policy.networking.k8s.io";

    /** Namespaces and nodes first, for the others are seen through them. */
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
            new Kind("crd.projectcalico.org", "v1", "GlobalNetworkPolicy", "globalnetworkpolicies", false, false),
            new Kind("security.istio.io", "v1", "AuthorizationPolicy", "authorizationpolicies", true, false),
            new Kind("", "v1", "Pod", "pods", true, true));

    private WatchedKinds() {}
}
