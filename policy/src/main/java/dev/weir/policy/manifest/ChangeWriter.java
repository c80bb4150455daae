package dev.weir.policy.manifest;

import org.jspecify.annotations.Nullable;

/**
 * A writer of the changes that reverse decisions, in the terms of one dialect. It proposes; a change counts only after
 * the policies with it were asked for their decision.
 */
public interface ChangeWriter {

    /** Writes the least that allows the denied traffic of a side; null where nothing does that and no more. */
    @Nullable PolicyChange allow(DecidedSide side);

    /** Writes the tightest policy that denies the allowed traffic of a side; null where none does that and no more. */
    @Nullable PolicyChange deny(DecidedSide side);
}
