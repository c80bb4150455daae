package dev.weir.policy.explain;

import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import dev.weir.policy.Match;
import dev.weir.policy.SideDecision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One side of an explanation.
 *
 * @param subject the end that it is about, for example {@code shop/db-0}
 * @param selecting every policy that selects the subject in this direction, in the order of evaluation
 * @param sentence the explanation in one sentence
 * @param patch YAML that would allow the traffic on this side; null where it is allowed, or where no selector selects
 *     exactly the other end
 */
public record SideExplanation(
        Direction direction,
        String subject,
        SideDecision decision,
        List<Selecting> selecting,
        String sentence,
        @Nullable String patch) {

    /**
     * A policy that selects the subject.
     *
     * @param nearest the rule that matches, or that fails by the fewest clauses; null when it has no rules
     */
    public record Selecting(PolicyRef policy, @Nullable Match nearest) {}
}
