package dev.weir.model.codec;

import dev.weir.model.Direction;
import dev.weir.model.Flow;
import dev.weir.model.L7;
import dev.weir.model.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a flow beside its times and ends; many flows share them. See {@link Flow} for the meaning of each.
 *
 * @param sampling 1 when the flow was not sampled or does not say
 * @param lostPercent 0 when no loss is known
 */
public record FlowAttributes(
        String protocol,
        Verdict verdict,
        @Nullable Direction direction,
        @Nullable Boolean encrypted,
        @Nullable String cluster,
        @Nullable String reporter,
        int sampling,
        int lostPercent,
        @Nullable L7 l7) {

    static FlowAttributes of(Flow flow) {
        Integer sampling = flow.sampling();
        Integer lost = flow.lostPercent();
        return new FlowAttributes(
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
