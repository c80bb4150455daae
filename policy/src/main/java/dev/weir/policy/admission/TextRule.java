package dev.weir.policy.admission;

import org.jspecify.annotations.Nullable;

/** Looks at a text. */
interface TextRule {
    /** What is wrong with it; null for nothing. */
    @Nullable String problem(String text);
}
