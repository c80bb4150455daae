package dev.weir.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a flow was or was not expected.
 *
 * @param nearest in a sentence, the rule that decided; where none did, the one that came nearest and the clause that failed
 * @param patch the smallest change that would allow it: YAML, with a comment that says how to apply it
 */
public record PolicyEvidence(
        Expected expected,
        Verdict observed,
        List<PolicyRef> decidedBy,
        @Nullable String nearest,
        @Nullable String patch) {}
