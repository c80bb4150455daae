package dev.weir.policy.explain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.policy.InvalidPolicyException;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Selected;
import dev.weir.policy.SideDecision;
import dev.weir.policy.dialect.Dialects;
import dev.weir.policy.manifest.DecidedSide;
import dev.weir.policy.manifest.PolicyChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides as the policies would with a change. */
final class Trial {
    private Trial() {}

    /** The decision about a side with a change; null if the API server would not take what it adds. */
    static @Nullable SideDecision decide(DecidedSide side, PolicyChange change) {
        PolicySet after = with(PolicySet.of(side.selected().all()), side, change);
        if (after == null) {
            return null;
        }
        boolean isOfMesh =
                side.selected().all().stream().anyMatch(policy -> policy.tier().isOfMesh());
        Selected selected = isOfMesh ? after.ofMesh(side.subject()) : after.selecting(side.subject(), side.direction());
        return selected.about(side.traffic()).decide(side.traffic());
    }

    /** The policies in force with a change; null if the API server would not take what it adds. */
    static @Nullable PolicySet after(DecidedSide side, PolicyChange change) {
        return with(side.policies(), side, change);
    }

    private static @Nullable PolicySet with(PolicySet policies, DecidedSide side, PolicyChange change) {
        PolicySet after = policies;
        for (Policy each : compiled(side, change.policy())) {
            after = after.with(each);
        }
        return after == policies ? null : after;
    }

    private static List<Policy> compiled(DecidedSide side, ObjectNode policy) {
        try {
            return Dialects.compile(
                    policy.path("kind").asText(), policy, side.policies().facts());
        } catch (InvalidPolicyException e) {
            return List.of();
        }
    }
}
