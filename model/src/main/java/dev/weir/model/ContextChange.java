package dev.weir.model;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A new version of an object by which flows are judged: the value of {@code weir.context}, keyed by {@link #key()}.
 *
 * @param cluster the cluster that the object is in, as its publisher is configured; null for the one without a name
 * @param group API group, for example {@code crd.projectcalico.org}; null for the one that the kind usually has
 * @param kind Kubernetes kind, for example {@code Pod} or {@code NetworkPolicy}
 * @param namespace null for objects of the whole cluster
 * @param validFromMs when this version came into force
 * @param origin the publisher, which deletes only its own objects
 * @param object the object as the API has it, as JSON text; null when it was deleted
 */
public record ContextChange(
        @Nullable String cluster,
        @Nullable String group,
        String kind,
        @Nullable String namespace,
        String name,
        long validFromMs,
        String origin,
        @Nullable String object) {

    /** The time of a version that is in force for all of the known past. */
    public static final long ALWAYS = 0;

    /** Groups that Kubernetes itself serves: their kinds have names of their own, and keys do not hold the group. */
    private static final Set<String> BUILT_IN = Set.of("", "apps", "batch", "discovery.k8s.io", "networking.k8s.io");

    /** The group of a kind for changes that name none, as changes of earlier releases do. */
    private static final Map<String, String> USUAL_GROUPS = PolicyKind.watched()
            .collect(Collectors.toUnmodifiableMap(PolicyKind::kind, PolicyKind::group, (first, later) -> first));

    public ContextChange {
        if (cluster != null) {
            requireCluster("cluster", cluster);
        }
        if (kind.isEmpty()) {
            throw new InvalidRecordException("kind", "is empty");
        }
        if (name.isEmpty()) {
            throw new InvalidRecordException("name", "is empty");
        }
        if (validFromMs < 0) {
            throw new InvalidRecordException("valid_from_ms", validFromMs + " is negative");
        }
    }

    /** Creates a change in the cluster without a name, with the usual group of the kind. */
    public ContextChange(
            String kind,
            @Nullable String namespace,
            String name,
            long validFromMs,
            String origin,
            @Nullable String object) {
        this(null, null, kind, namespace, name, validFromMs, origin, object);
    }

    /**
     * Checks the name of a cluster.
     *
     * @throws InvalidRecordException naming the field when it is empty, or holds a slash, a parenthesis or white space,
     *     which keys and displays give a meaning
     */
    public static void requireCluster(String field, String cluster) {
        if (cluster.isEmpty() || cluster.chars().anyMatch(c -> c == '/' || c == '(' || c == ')' || c <= ' ')) {
            throw new InvalidRecordException(
                    field, "'" + cluster + "' must be a name such as prod-eu, without '/', parentheses or blanks");
        }
    }

    /**
     * The key by which the topic is compacted: {@code Pod/shop/web-1}, {@code
     * NetworkPolicy.crd.projectcalico.org/shop/db} for a group that Kubernetes does not serve itself, and {@code
     * prod-eu/Pod/shop/web-1} in a cluster with a name.
     */
    public String key() {
        return key(cluster, group, kind, namespace, name);
    }

    /** The key without the cluster. */
    public String keyInCluster() {
        return key(null, group, kind, namespace, name);
    }

    /** The key of an object in the cluster without a name, with the usual group of its kind. */
    public static String key(String kind, @Nullable String namespace, String name) {
        return key(null, null, kind, namespace, name);
    }

    /** The key of an object. */
    public static String key(
            @Nullable String cluster, @Nullable String group, String kind, @Nullable String namespace, String name) {
        String of = group == null ? USUAL_GROUPS.getOrDefault(kind, "") : group;
        return (cluster == null ? "" : cluster + "/")
                + kind
                + (BUILT_IN.contains(of) ? "" : "." + of)
                + "/"
                + (namespace == null ? "" : namespace)
                + "/"
                + name;
    }

    /** The group of an {@code apiVersion}; empty for the core group. */
    public static String groupOf(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    public boolean deleted() {
        return object == null;
    }

    /** True if the change is of this publisher and cluster. */
    public boolean isOf(String publisher, @Nullable String itsCluster) {
        return origin.equals(publisher) && Objects.equals(cluster, itsCluster);
    }

    /** Returns the change that ends the object. */
    public ContextChange ended(long ms) {
        return new ContextChange(cluster, group, kind, namespace, name, ms, origin, null);
    }
}
