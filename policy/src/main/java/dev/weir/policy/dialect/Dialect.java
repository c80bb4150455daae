package dev.weir.policy.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.InvalidPolicyException;
import dev.weir.policy.NetworkAgent;
import dev.weir.policy.Policy;
import dev.weir.policy.manifest.ChangeWriter;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A language that policies are written in: one API group with its kinds. A line for each kind in {@link
 * dev.weir.model.PolicyKind#ALL} makes ingest watch it.
 */
public interface Dialect {

    /** The API group, the part of {@code apiVersion} before the {@code /}: {@code networking.k8s.io}. */
    String group();

    /** The kinds of policies; other kinds of the group are ignored. */
    Set<String> kinds();

    /** The kinds among them whose objects belong to no namespace. */
    Set<String> clusterKinds();

    /** The kinds of policies that are not enforced, and say what would be. */
    default Set<String> stagedKinds() {
        return Set.of();
    }

    /** Reads an object of a staged kind; null for one that stands for nothing. */
    default @Nullable StagedPolicy staged(String kind, JsonNode object) {
        return null;
    }

    /** True if a network plugin's agent enforces the policies. */
    default boolean isEnforcedBy(NetworkAgent agent) {
        return agent != NetworkAgent.FLANNEL;
    }

    /**
     * Returns the kind as references to its policies show it. A dialect that shares the name of a kind with another one
     * adds its group to it, since a reference holds no group.
     */
    default String shownKind(String kind) {
        return kind;
    }

    /**
     * The kinds of objects to which the policies refer, such as sets of addresses; empty if the policies mean the same
     * in every cluster.
     */
    default Set<String> referredKinds() {
        return Set.of();
    }

    /**
     * Refuses an object of another kind to which policies refer, such as a set of addresses.
     *
     * @throws InvalidPolicyException naming the field
     */
    default void check(String kind, JsonNode object) {}

    /** The writer of changes that reverse a decision by policies of the dialect; null if it has none. */
    default @Nullable ChangeWriter changes(ClusterFacts facts) {
        return null;
    }

    /**
     * Compiles an object of one of the kinds, as the API has it.
     *
     * @param kind the kind, which the object itself may leave out
     * @param facts those of the cluster, which some policies refer to
     * @return the policies that the object stands for, of which most have one
     * @throws InvalidPolicyException naming the field, for a mistake that the API server would refuse and for unknown
     *     fields
     */
    List<Policy> compile(String kind, JsonNode object, ClusterFacts facts);
}
