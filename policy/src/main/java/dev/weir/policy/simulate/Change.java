package dev.weir.policy.simulate;

import dev.weir.model.PolicyRef;
import dev.weir.policy.replay.Cadence;
import java.util.List;

/**
 * An edge that the proposed policies treat otherwise than before.
 *
 * @param source {@code shop/web (Deployment)} or an address
 * @param cadence of its flows
 * @param decidedBy the proposed policies and rules that decide; none where none has a say
 * @param because why the proposed policies do so, in a sentence
 */
public record Change(
        Effect effect,
        String source,
        String destination,
        String service,
        Cadence cadence,
        List<PolicyRef> decidedBy,
        String because) {

    /** What becomes of it. */
    public enum Effect {
        /** It went through and would be denied. */
        BREAKS,
        /** It was denied and would go through. */
        OPENS,
        /** What is known of it does not tell. */
        UNCLEAR
    }
}
