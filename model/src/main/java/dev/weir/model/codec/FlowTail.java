package dev.weir.model.codec;

import dev.weir.model.Direction;
import dev.weir.model.Flow;
import dev.weir.model.L7;
import dev.weir.model.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What a flow says beside its times and ends: many flows share it. See {@link Flow} for what each means.
 *
 * @param sampling 1 when all was seen or the flow does not tell
 * @param lostPercent 0 when nothing is known to be lost
 */
public record FlowTail(
        String protocol,
        Verdict verdict,
        @Nullable Direction direction,
        @Nullable Boolean encrypted,
        @Nullable String cluster,
        @Nullable String reporter,
        int sampling,
        int lostPercent,
        @Nullable L7 l7) {

    static FlowTail of(Flow flow) {
        Integer sampling = flow.sampling();
        Integer lost = flow.lostPercent();
        return new FlowTail(
                flow.protocol(),
                flow.verdict(),
                flow.direction(),
                flow.encrypted(),
                flow.cluster(),
                flow.reporter(),
                sampling == null ? 1 : sampling,
                lost == null ? 0 : lost,
                flow.l7());
    }
}
