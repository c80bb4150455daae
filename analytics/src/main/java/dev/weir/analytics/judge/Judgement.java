package dev.weir.analytics.judge;

import dev.weir.model.Expected;
import dev.weir.model.Flow;
import dev.weir.model.PolicyRef;
import dev.weir.model.Verdict;
import dev.weir.policy.UndefinedIcmp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A flow judged by the policies of its own time.
 *
 * @param flow with its ends resolved
 * @param observed the verdict of the network, inferred if the record has none
 * @param nearest the reason for which it is or is not expected, in a sentence; null if there is no outcome to explain
 * @param patch the smallest change of the policies that would allow it; null unless it is denied
 * @param isOpen true if the request of a flow may decide what its connection leaves unknown
 * @param caveats those of the explanation, a sentence each
 */
public record Judgement(
        Flow flow,
        Verdict observed,
        Expected expected,
        @Nullable PolicyOutcome outcome,
        List<PolicyRef> decidedBy,
        @Nullable String nearest,
        @Nullable String patch,
        boolean isOpen,
        List<String> caveats) {
    /** A judgement without policies that decide. */
    static Judgement undecided(Flow flow, Verdict observed, Expected expected) {
        return new Judgement(
                flow,
                observed,
                expected,
                PolicyOutcome.of(expected, observed),
                List.of(),
                null,
                null,
                false,
                List.of());
    }

    /** True if another judgement of the same ends and port says the same. */
    boolean isLike(Judgement other) {
        return expected == other.expected
                && observed == other.observed
                && outcome == other.outcome
                && decidedBy.equals(other.decidedBy);
    }

    /** True if the judgement rests on the effect of a NetworkPolicy on ICMP, which Kubernetes does not define. */
    boolean isOfUndefinedIcmp() {
        return UndefinedIcmp.decides(flow.protocol(), decidedBy);
    }
}
