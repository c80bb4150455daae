package dev.weir.ingest.collector.kubernetes;

import dev.weir.model.ContextChange;
import dev.weir.model.PolicyKind;
import dev.weir.model.context.DialectSettings;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The kinds that are watched: those that describe the cluster, and those of policies. A test compares the rights in
 * {@code deploy/kubernetes/rbac.yaml} with them.
 */
public final class WatchedKinds {
    /**
     * A kind of the API.
     *
     * @param group empty for the core group
     * @param required true if every cluster has the kind
     * @param only the name of the objects that are watched; null for all
     */
    public record Kind(
            String group,
            String version,
            String kind,
            String plural,
            boolean namespaced,
            boolean required,
            @Nullable String only) {
        Kind(String group, String version, String kind, String plural, boolean namespaced, boolean required) {
            this(group, version, kind, plural, namespaced, required, null);
        }

        private static Kind of(PolicyKind policy) {
            return new Kind(
                    policy.group(),
                    policy.version(),
                    policy.kind(),
                    policy.plural(),
                    policy.namespaced(),
                    policy.isBuiltIn());
        }

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

        /** Returns true if both are versions of one kind, which have the same objects. */
        boolean isVersionOf(Kind other) {
            return group.equals(other.group) && kind.equals(other.kind) && Objects.equals(only, other.only);
        }

        /** Returns the key of an object in a cluster. */
        String key(@Nullable String cluster, @Nullable String namespace, String name) {
            return ContextChange.key(cluster, group.isEmpty() ? null : group, kind, namespace, name);
        }

        /** Returns true if the change is of an object of this kind. */
        boolean has(ContextChange change) {
            return (only == null || only.equals(change.name()))
                    && key(null, change.namespace(), change.name()).equals(change.keyInCluster());
        }
    }

    /** All kinds; namespaces and nodes first, since the others depend on them. Of the versions of a kind the first that
     * is served is watched. */
    public static final List<Kind> ALL = Stream.of(
                    Stream.of(
                            new Kind("", "v1", "Namespace", "namespaces", false, true),
                            new Kind("", "v1", "Node", "nodes", false, true),
                            new Kind("", "v1", "Service", "services", true, true),
                            new Kind("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", true, true),
                            new Kind("apps", "v1", "ReplicaSet", "replicasets", true, true)),
                    PolicyKind.watched().map(Kind::of),
                    DialectSettings.NAMES.stream()
                            .sorted()
                            .map(name -> new Kind("", "v1", DialectSettings.KIND, "configmaps", true, true, name)),
                    Stream.of(new Kind("", "v1", "Pod", "pods", true, true)))
            .flatMap(Function.identity())
            .toList();

    private WatchedKinds() {}
}
