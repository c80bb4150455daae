package dev.weir.analytics.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.ContextChange;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.codec.Json;
import dev.weir.policy.AuditMode;
import dev.weir.policy.Decider;
import dev.weir.policy.InvalidPolicyException;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.dialect.Dialects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The policies of one cluster in force at any moment of the history. Each is compiled once; a set is built at its first
 * use.
 */
final class PolicyHistory {
    static final InForce NOTHING = new InForce(new Decider(PolicySet.EMPTY), new Decider(PolicySet.EMPTY));

    private static final InForce NOT_BUILT = new InForce(new Decider(PolicySet.EMPTY), new Decider(PolicySet.EMPTY));

    private final Map<String, TreeMap<Long, Version>> versions = new HashMap<>();
    private final TreeMap<Long, InForce> cache = new TreeMap<>();
    private InForce newest = NOT_BUILT;

    private record Version(List<Policy> policies, boolean audit) {}

    /** The policies of one moment: those that are enforced, and those that are only audited. */
    record InForce(Decider enforced, Decider audited) {
        boolean isEmpty() {
            return enforced.policies().size() == 0 && audited.policies().size() == 0;
        }
    }

    static boolean isPolicy(ContextChange change) {
        return Dialects.isPolicy(change.kind());
    }

    /**
     * Applies a version of a policy. One that cannot be compiled replaces the version before and counts as unknown,
     * since the cluster has accepted it.
     *
     * @return the reason for which it is unknown; null if it was compiled
     * @throws InvalidRecordException when it is no policy; the version before stays in force
     */
    @Nullable String apply(ContextChange change) {
        String object = change.object();
        Compiled compiled = object == null ? Compiled.NONE : compile(change.kind(), object);
        Version version = compiled.version();
        versions.computeIfAbsent(change.key(), key -> new TreeMap<>()).put(change.validFromMs(), version);
        cache.clear();
        return compiled.problem();
    }

    /** True if no policy is known. */
    boolean isEmpty() {
        return versions.isEmpty();
    }

    /** Removes versions that were replaced before the horizon. */
    void prune(long horizonMs) {
        versions.values().removeIf(known -> {
            Long inForce = known.floorKey(horizonMs);
            if (inForce != null) {
                known.headMap(inForce).clear();
            }
            Map.Entry<Long, Version> last = known.lastEntry();
            return last.getValue().policies().isEmpty() && last.getKey() < horizonMs;
        });
        cache.clear();
    }

    InForce at(long ms) {
        if (cache.isEmpty()) {
            cache.put(Long.MIN_VALUE, build(Long.MIN_VALUE));
            versions.values().forEach(known -> known.keySet().forEach(from -> cache.put(from, NOT_BUILT)));
        }
        Map.Entry<Long, InForce> entry = cache.floorEntry(ms);
        if (entry.getValue() == NOT_BUILT) {
            InForce built = build(entry.getKey());
            cache.put(entry.getKey(), built);
            return built;
        }
        return entry.getValue();
    }

    private InForce build(long ms) {
        List<Policy> enforced = new ArrayList<>();
        List<Policy> audited = new ArrayList<>();
        for (TreeMap<Long, Version> known : versions.values()) {
            Map.Entry<Long, Version> entry = known.floorEntry(ms);
            if (entry != null) {
                (entry.getValue().audit() ? audited : enforced)
                        .addAll(entry.getValue().policies());
            }
        }
        // Most decisions that the newest set has cached hold for this one too.
        newest = new InForce(
                newest.enforced().with(PolicySet.of(enforced)), newest.audited().with(PolicySet.of(audited)));
        return newest;
    }

    private record Compiled(Version version, @Nullable String problem) {
        static final Compiled NONE = new Compiled(new Version(List.of(), false), null);
    }

    private static Compiled compile(String kind, String object) {
        try {
            JsonNode tree = Json.MAPPER.readTree(object);
            Dialects.InForce inForce = Dialects.inForce(kind, tree);
            InvalidPolicyException problem = inForce.problem();
            return new Compiled(
                    new Version(inForce.policies(), AuditMode.isSet(tree)),
                    problem == null ? null : problem.getMessage());
        } catch (JsonProcessingException e) {
            throw Json.notJson("object", e);
        } catch (InvalidPolicyException e) {
            throw new InvalidRecordException("object", String.valueOf(e.getMessage()));
        }
    }
}
