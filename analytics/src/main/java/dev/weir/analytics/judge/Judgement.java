package dev.weir.analytics.judge;

import dev.weir.model.Expected;
import dev.weir.model.Flow;
import dev.weir.model.PolicyRef;
import dev.weir.model.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A flow held against the policies of its own time.
 *
 * @param flow with its ends resolved
 * @param observed what the network did, inferred where the record does not say
 * @param nearest why not, in a sentence; null unless denied
 */
public record Judgement(
        Flow flow,
        Verdict observed,
        Expected expected,
        @Nullable PolicyOutcome outcome,
        List<PolicyRef> decidedBy,
        @Nullable String nearest) {}
