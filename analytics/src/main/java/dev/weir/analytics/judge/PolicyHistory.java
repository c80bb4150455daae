package dev.weir.analytics.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.ContextChange;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.codec.Json;
import dev.weir.model.context.ClusterObject;
import dev.weir.model.context.ClusterObject.NamedPort;
import dev.weir.policy.AuditMode;
import dev.weir.policy.Decider;
import dev.weir.policy.InvalidPolicyException;
import dev.weir.policy.NetworkAgent;
import dev.weir.policy.PolicySet;
import dev.weir.policy.dialect.Dialects;
import dev.weir.policy.dialect.ReferredObjects;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The policies of one cluster in force at any moment of the history, with the objects to which they refer. A set is
 * built at its first use; moments at which nothing differs that matters to a policy share one.
 */
final class PolicyHistory {
    static final InForce NOTHING = new InForce(new Decider(PolicySet.EMPTY), new Decider(PolicySet.EMPTY), null);

    private static final InForce NOT_BUILT =
            new InForce(new Decider(PolicySet.EMPTY), new Decider(PolicySet.EMPTY), null);

    private final Map<String, TreeMap<Long, Version>> policies = new LinkedHashMap<>();
    /** Objects that are no policies. They matter only to policies that refer to others, or beside an agent. */
    private final Map<String, TreeMap<Long, Version>> referred = new LinkedHashMap<>();

    private final Map<String, TreeMap<Long, PodTraits>> pods = new LinkedHashMap<>();
    private final TreeMap<Long, InForce> cache = new TreeMap<>();
    private final PolicyBuilds builds;
    private final Set<NetworkAgent> agents;
    /** True if a policy, or an agent that enforces policies, makes other objects matter. */
    private boolean refers;

    /**
     * The properties of a pod that matter to policies of others.
     *
     * @param ports the ports with a name
     * @param agent the network plugin's agent that the pod is; null for none
     */
    private record PodTraits(
            List<NamedPort> ports, @Nullable NetworkAgent agent) {
        static final PodTraits NONE = new PodTraits(List.of(), null);

        static PodTraits of(@Nullable ClusterObject object) {
            return object instanceof ClusterObject.Pod pod
                    ? new PodTraits(pod.ports(), NetworkAgent.of(pod.labels()))
                    : NONE;
        }
    }

    /**
     * A version of an object.
     *
     * @param object null once it was deleted
     */
    private record Version(@Nullable AppliedObject object) {
        static final Version DELETED = new Version(null);

        boolean refers() {
            return object != null && object.refers();
        }
    }

    /**
     * The policies of one moment.
     *
     * @param enforced those that are enforced
     * @param audited those that are only audited
     * @param staged those that would be enforced with the staged ones; null if there is none
     */
    record InForce(
            Decider enforced, Decider audited, @Nullable Decider staged) {
        boolean isEmpty() {
            return enforced.policies().size() == 0 && audited.policies().size() == 0 && staged == null;
        }
    }

    /**
     * Creates a history without objects.
     *
     * @param agents those that enforce the policies; empty for the ones whose pods are applied
     */
    PolicyHistory(Set<NetworkAgent> agents) {
        this(agents, new PolicyBuilds());
    }

    PolicyHistory(Set<NetworkAgent> agents, PolicyBuilds builds) {
        this.agents = agents;
        this.builds = builds;
        this.refers = !agents.isEmpty();
    }

    /** True if policies are, or may depend on, objects of that kind. */
    static boolean isAbout(String kind) {
        return Dialects.isPolicy(kind) || Dialects.isStaged(kind) || Dialects.isReferred(kind) || kind.equals("Pod");
    }

    /**
     * Applies a version of an object. A policy that cannot be compiled replaces the version before and counts as
     * unknown, since the cluster has accepted it.
     *
     * @param parsed the object as the context has it; null for a deleted one
     * @return the reason for which it is unknown; null if it was compiled, or is no policy
     * @throws InvalidRecordException when it is no policy; the version before stays in force
     */
    @Nullable String apply(ContextChange change, @Nullable ClusterObject parsed) {
        if (change.kind().equals("Pod")) {
            apply(change, PodTraits.of(parsed));
            return null;
        }
        boolean isPolicy = Dialects.isPolicy(change.kind());
        boolean isOfPolicies = isPolicy || Dialects.isStaged(change.kind());
        String text = change.object();
        InvalidPolicyException problem = null;
        Version version = Version.DELETED;
        if (text != null) {
            JsonNode tree = tree(text);
            problem = isPolicy ? problem(change.kind(), tree) : null;
            JsonNode kept = isOfPolicies ? tree : ReferredObjects.reduced(change.kind(), tree);
            version = new Version(new AppliedObject(change.kind(), kept, isPolicy, AuditMode.isSet(tree)));
            refers |= isPolicy && Dialects.refers(change.kind(), tree);
        }
        (isOfPolicies ? policies : referred)
                .computeIfAbsent(change.key(), key -> new TreeMap<>())
                .put(change.validFromMs(), version);
        if (isOfPolicies || refers) {
            cache.clear();
        }
        return problem == null ? null : problem.getMessage();
    }

    private void apply(ContextChange change, PodTraits traits) {
        TreeMap<Long, PodTraits> known = pods.computeIfAbsent(change.key(), key -> new TreeMap<>());
        Map.Entry<Long, PodTraits> before = known.floorEntry(change.validFromMs());
        if (!(before == null ? PodTraits.NONE : before.getValue()).equals(traits)) {
            known.put(change.validFromMs(), traits);
            refers |= traits.agent() != null;
            if (refers) {
                cache.clear();
            }
        }
        if (known.isEmpty()) {
            pods.remove(change.key());
        }
    }

    private static JsonNode tree(String object) {
        try {
            return Json.MAPPER.readTree(object);
        } catch (JsonProcessingException e) {
            throw Json.notJson("object", e);
        }
    }

    private static @Nullable InvalidPolicyException problem(String kind, JsonNode object) {
        try {
            return Dialects.problem(kind, object);
        } catch (InvalidPolicyException e) {
            throw new InvalidRecordException("object", String.valueOf(e.getMessage()));
        }
    }

    /** True if no policy is known. */
    boolean isEmpty() {
        return policies.isEmpty();
    }

    /** True if nothing is known at all. */
    boolean isForgotten() {
        return policies.isEmpty() && referred.isEmpty() && pods.isEmpty();
    }

    /** Removes versions that were replaced before the horizon. */
    void prune(long horizonMs) {
        prune(policies, horizonMs, Version.DELETED);
        prune(referred, horizonMs, Version.DELETED);
        prune(pods, horizonMs, PodTraits.NONE);
        refers = !agents.isEmpty() || anyOf(pods, traits -> traits.agent() != null) || anyOf(policies, Version::refers);
        cache.clear();
    }

    private static <T> boolean anyOf(Map<String, TreeMap<Long, T>> versions, Predicate<T> which) {
        return versions.values().stream()
                .anyMatch(known -> known.values().stream().anyMatch(which));
    }

    private static <T> void prune(Map<String, TreeMap<Long, T>> versions, long horizonMs, T none) {
        versions.values().removeIf(known -> {
            Long inForce = known.floorKey(horizonMs);
            if (inForce != null) {
                known.headMap(inForce).clear();
            }
            Map.Entry<Long, T> last = known.lastEntry();
            return last.getValue().equals(none) && last.getKey() < horizonMs;
        });
    }

    InForce at(long ms) {
        if (cache.isEmpty()) {
            cache.put(Long.MIN_VALUE, NOT_BUILT);
            begin(policies);
            if (refers) {
                begin(referred);
                begin(pods);
            }
        }
        Map.Entry<Long, InForce> entry = cache.floorEntry(ms);
        if (entry.getValue() == NOT_BUILT) {
            InForce built = build(entry.getKey());
            cache.put(entry.getKey(), built);
            return built;
        }
        return entry.getValue();
    }

    private <T> void begin(Map<String, TreeMap<Long, T>> versions) {
        versions.values().forEach(known -> known.keySet().forEach(from -> cache.put(from, NOT_BUILT)));
    }

    private InForce build(long ms) {
        List<AppliedObject> objects = new ArrayList<>();
        collect(policies, ms, objects);
        if (refers) {
            collect(referred, ms, objects);
        }
        Set<NamedPort> named = new LinkedHashSet<>();
        Set<NetworkAgent> running = EnumSet.noneOf(NetworkAgent.class);
        running.addAll(agents);
        for (TreeMap<Long, PodTraits> known : pods.values()) {
            Map.Entry<Long, PodTraits> entry = known.floorEntry(ms);
            if (entry != null && refers) {
                named.addAll(entry.getValue().ports());
            }
            if (entry != null && entry.getValue().agent() != null && agents.isEmpty()) {
                running.add(entry.getValue().agent());
            }
        }
        return builds.of(objects, named, running);
    }

    private static void collect(Map<String, TreeMap<Long, Version>> versions, long ms, List<AppliedObject> objects) {
        for (TreeMap<Long, Version> known : versions.values()) {
            Map.Entry<Long, Version> entry = known.floorEntry(ms);
            AppliedObject object = entry == null ? null : entry.getValue().object();
            if (object != null) {
                objects.add(object);
            }
        }
    }
}
