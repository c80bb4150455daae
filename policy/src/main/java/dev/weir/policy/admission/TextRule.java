package dev.weir.policy.admission;

import org.jspecify.annotations.Nullable;

/** Tests a text. */
interface TextRule {
    /** The mistake in the text; null for none. */
    @Nullable String problem(String text);
}
