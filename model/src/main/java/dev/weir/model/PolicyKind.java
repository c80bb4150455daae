package dev.weir.model;

import java.util.List;
import java.util.stream.Stream;

/**
 * A kind of policies that flows are judged by, or of objects to which only policies refer. Ingest watches the kinds of
 * {@link #ALL}, {@link #STAGED} and {@link #REFERRED}; tests compare the lists with the registry of dialects.
 *
 * @param version version of the API in which the kind is watched
 * @param plural name of the kind in the paths of the API
 * @param namespaced false if objects of the kind belong to no namespace
 */
public record PolicyKind(String group, String version, String kind, String plural, boolean namespaced) {
    private static final String BUILT_IN = "networking.k8s.io";
    private static final String SIG_NETWORK = "policy.networking.k8s.io";

    /** The group in which Calico keeps its policies in the API server's own store. */
    private static final String CALICO_STORED = "crd.projectcalico.org";

    /** The group in which Calico's own API server serves them, and newer releases keep them. */
    private static final String CALICO_SERVED = "projectcalico.org";

    /** The kinds of policies, which the dialects of the policy engine compile. A context change that names no group is of the first group with its kind. */
    public static final List<PolicyKind> ALL = List.of(
            new PolicyKind(BUILT_IN, "v1", "NetworkPolicy", "networkpolicies", true),
            new PolicyKind(SIG_NETWORK, "v1alpha1", "AdminNetworkPolicy", "adminnetworkpolicies", false),
            new PolicyKind(
                    SIG_NETWORK, "v1alpha1", "BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies", false),
            new PolicyKind(SIG_NETWORK, "v1alpha2", "ClusterNetworkPolicy", "clusternetworkpolicies", false),
            new PolicyKind("cilium.io", "v2", "CiliumNetworkPolicy", "ciliumnetworkpolicies", true),
            new PolicyKind(
                    "cilium.io", "v2", "CiliumClusterwideNetworkPolicy", "ciliumclusterwidenetworkpolicies", false),
            new PolicyKind(CALICO_STORED, "v1", "GlobalNetworkPolicy", "globalnetworkpolicies", false),
            new PolicyKind(CALICO_STORED, "v1", "NetworkPolicy", "networkpolicies", true),
            new PolicyKind(CALICO_STORED, "v1", "HostEndpoint", "hostendpoints", false),
            new PolicyKind(CALICO_SERVED, "v3", "HostEndpoint", "hostendpoints", false),
            new PolicyKind(CALICO_SERVED, "v3", "GlobalNetworkPolicy", "globalnetworkpolicies", false),
            new PolicyKind(CALICO_SERVED, "v3", "NetworkPolicy", "networkpolicies", true),
            new PolicyKind("security.istio.io", "v1", "AuthorizationPolicy", "authorizationpolicies", true),
            new PolicyKind("security.istio.io", "v1", "PeerAuthentication", "peerauthentications", true));

    /** The kinds of objects to which only policies refer. */
    public static final List<PolicyKind> REFERRED = List.of(
            new PolicyKind("", "v1", "ServiceAccount", "serviceaccounts", true),
            new PolicyKind("cilium.io", "v2", "CiliumCIDRGroup", "ciliumcidrgroups", false),
            new PolicyKind("cilium.io", "v2alpha1", "CiliumCIDRGroup", "ciliumcidrgroups", false),
            new PolicyKind(CALICO_STORED, "v1", "Tier", "tiers", false),
            new PolicyKind(CALICO_STORED, "v1", "NetworkSet", "networksets", true),
            new PolicyKind(CALICO_STORED, "v1", "GlobalNetworkSet", "globalnetworksets", false),
            new PolicyKind(CALICO_SERVED, "v3", "Tier", "tiers", false),
            new PolicyKind(CALICO_SERVED, "v3", "NetworkSet", "networksets", true),
            new PolicyKind(CALICO_SERVED, "v3", "GlobalNetworkSet", "globalnetworksets", false),
            new PolicyKind("security.istio.io", "v1", "RequestAuthentication", "requestauthentications", true));

    /** The kinds of policies that are not enforced, and say what would be. */
    public static final List<PolicyKind> STAGED = List.of(
            new PolicyKind(CALICO_STORED, "v1", "StagedNetworkPolicy", "stagednetworkpolicies", true),
            new PolicyKind(CALICO_STORED, "v1", "StagedGlobalNetworkPolicy", "stagedglobalnetworkpolicies", false),
            new PolicyKind(
                    CALICO_STORED, "v1", "StagedKubernetesNetworkPolicy", "stagedkubernetesnetworkpolicies", true),
            new PolicyKind(CALICO_SERVED, "v3", "StagedNetworkPolicy", "stagednetworkpolicies", true),
            new PolicyKind(CALICO_SERVED, "v3", "StagedGlobalNetworkPolicy", "stagedglobalnetworkpolicies", false),
            new PolicyKind(
                    CALICO_SERVED, "v3", "StagedKubernetesNetworkPolicy", "stagedkubernetesnetworkpolicies", true));

    /** Returns the kinds of policies, staged ones included, and those to which only they refer. */
    public static Stream<PolicyKind> watched() {
        return Stream.of(ALL, STAGED, REFERRED).flatMap(List::stream);
    }

    /** True if Kubernetes itself serves the kind, so that every cluster has it. */
    public boolean isBuiltIn() {
        return group.equals(BUILT_IN) || group.isEmpty();
    }
}
