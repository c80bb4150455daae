package dev.weir.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a flow was or was not expected.
 *
 * @param nearest one sentence on the rule that came nearest to allowing the flow, and the clause that failed
 * @param patch the smallest change, as YAML, that would allow it
 */
public record PolicyEvidence(
        Expected expected,
        Verdict observed,
        List<PolicyRef> decidedBy,
        @Nullable String nearest,
        @Nullable String patch) {}
