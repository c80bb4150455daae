package dev.weir.policy;

import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import java.util.ArrayList;
import java.util.List;

/**
 * The decision of the policies: all parts must allow.
 *
 * @param egress by the network's policies of the source
 * @param ingress by the network's policies of the destination
 * @param mesh by the policies of the mesh that the destination's proxy enforces
 */
public record Decision(SideDecision egress, SideDecision ingress, SideDecision mesh) {
    static final Decision ITSELF = new Decision(SideDecision.ITSELF, SideDecision.ITSELF, SideDecision.UNSELECTED);

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
        for (SideDecision side : List.of(egress, ingress, mesh)) {
            if (side.expected() == expected) {
                refs.addAll(side.decidedBy());
            }
        }
        return refs;
    }

    private boolean is(Expected wanted) {
        return egress.expected() == wanted || ingress.expected() == wanted || mesh.expected() == wanted;
    }
}
