package dev.weir.policy;

import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the policies say about one side of the traffic.
 *
 * @param decidedBy every rule that allows; or, when none does, every policy that selects the pod
 * @param nearest for a denial, one sentence on the rule that failed by least; for {@code UNKNOWN}, what is missing
 */
public record SideDecision(
        Expected expected,
        List<PolicyRef> decidedBy,
        @Nullable String nearest) {
    static final SideDecision UNSELECTED = new SideDecision(Expected.UNSELECTED, List.of(), null);
    static final SideDecision ITSELF = new SideDecision(Expected.ALLOW, List.of(), null);
}
