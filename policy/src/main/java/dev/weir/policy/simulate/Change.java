package dev.weir.policy.simulate;

import dev.weir.model.PolicyRef;
import dev.weir.policy.replay.Cadence;
import java.util.List;

/**
 * An edge that the proposed policies treat differently than before.
 *
 * @param source {@code shop/web (Deployment)} or an address
 * @param cadence of its flows
 * @param decidedBy the proposed policies and rules that decide; none where no policy does
 * @param because the reason of the proposed decision, in a sentence
 */
public record Change(
        Effect effect,
        String source,
        String destination,
        String service,
        Cadence cadence,
        List<PolicyRef> decidedBy,
        String because) {

    /** The effect of the change on the edge. */
    public enum Effect {
        /** The traffic passed and would be denied. */
        BREAKS,
        /** The traffic was denied and would pass. */
        OPENS,
        /** The known properties of the traffic do not decide it. */
        UNCLEAR
    }
}
