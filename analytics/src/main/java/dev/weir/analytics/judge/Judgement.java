package dev.weir.analytics.judge;

import dev.weir.model.Expected;
import dev.weir.model.Flow;
import dev.weir.model.PolicyRef;
import dev.weir.model.Verdict;
import dev.weir.policy.UndefinedIcmp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A flow held against the policies of its own time.
 *
 * @param flow with its ends resolved
 * @param observed what the network did, inferred where the record does not say
 * @param nearest why it is or is not expected, in a sentence; null where there is no outcome to explain
 * @param patch the smallest change of the policies that would allow it; null unless it is denied
 */
public record Judgement(
        Flow flow,
        Verdict observed,
        Expected expected,
        @Nullable PolicyOutcome outcome,
        List<PolicyRef> decidedBy,
        @Nullable String nearest,
        @Nullable String patch) {
    /** Whether it rests on what a policy of Kubernetes says of ICMP, which is not defined. */
    boolean isOfUndefinedIcmp() {
        return UndefinedIcmp.decides(flow.protocol(), decidedBy);
    }
}
