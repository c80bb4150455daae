package dev.weir.policy.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.InvalidPolicyException;
import dev.weir.policy.Policy;
import java.util.Set;

/** A language that policies are written in: one API group with its kinds. */
public interface Dialect {

    /** {@code networking.k8s.io}: what stands before the {@code /} of {@code apiVersion}. */
    String group();

    /** The kinds of policies; other kinds of the group are none of the engine's business. */
    Set<String> kinds();

    /** Those of them whose objects belong to no namespace. */
    Set<String> clusterKinds();

    /**
     * Compiles an object of one of the kinds, as the API has it.
     *
     * @param kind which the object itself need not say
     * @throws InvalidPolicyException naming the field, for what the API server would refuse and for fields that are not
     *     known
     */
    Policy compile(String kind, JsonNode object);
}
