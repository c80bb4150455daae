package dev.weir.policy;

import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import java.util.ArrayList;
import java.util.List;

/** The decision of the policies on the source's egress and on the destination's ingress: both must allow. */
public record Decision(SideDecision egress, SideDecision ingress) {
    static final Decision ITSELF = new Decision(SideDecision.ITSELF, SideDecision.ITSELF);

    /** The joint expectation: a denial on either side wins, then unknown, then an explicit allow. */
    public Expected expected() {
        if (is(Expected.DENY)) {
            return Expected.DENY;
        }
        if (is(Expected.UNKNOWN)) {
            return Expected.UNKNOWN;
        }
        return is(Expected.ALLOW) ? Expected.ALLOW : Expected.UNSELECTED;
    }

    /** The policies of the sides that determine {@link #expected()}, egress first. */
    public List<PolicyRef> decidedBy() {
        Expected expected = expected();
        List<PolicyRef> refs = new ArrayList<>();
        for (SideDecision side : List.of(egress, ingress)) {
            if (side.expected() == expected) {
                refs.addAll(side.decidedBy());
            }
        }
        return refs;
    }

    private boolean is(Expected wanted) {
        return egress.expected() == wanted || ingress.expected() == wanted;
    }
}
