package dev.weir.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reason for which a flow was or was not expected.
 *
 * @param nearest a sentence about the rule that decided, or else about the nearest rule and its clause that failed
 * @param patch the smallest change that would allow the flow: YAML, with a comment that says how to apply it
 */
public record PolicyEvidence(
        Expected expected,
        Verdict observed,
        List<PolicyRef> decidedBy,
        @Nullable String nearest,
        @Nullable String patch) {}
