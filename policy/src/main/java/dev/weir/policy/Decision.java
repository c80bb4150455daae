package dev.weir.policy;

import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The verdict of the source's egress policies and of the destination's ingress policies: both must allow. */
public record Decision(SideDecision egress, SideDecision ingress) {

    /** A denial on either side wins, then what is not known, then an explicit allow. */
    public Expected expected() {
        if (is(Expected.DENY)) {
            return Expected.DENY;
        }
        if (is(Expected.UNKNOWN)) {
            return Expected.UNKNOWN;
        }
        return is(Expected.ALLOW) ? Expected.ALLOW : Expected.UNSELECTED;
    }

    /** The policies of the sides that brought about {@link #expected()}, egress first. */
    public List<PolicyRef> decidedBy() {
        List<PolicyRef> refs = new ArrayList<>();
        for (SideDecision side : List.of(egress, ingress)) {
            if (side.expected() == expected()) {
                refs.addAll(side.decidedBy());
            }
        }
        return refs;
    }

    /** The sentence of the side that denies; of both when both do. */
    public @Nullable String nearest() {
        StringBuilder text = new StringBuilder();
        for (SideDecision side : List.of(egress, ingress)) {
            if (side.expected() == expected() && side.nearest() != null) {
                text.append(text.length() == 0 ? "" : " ").append(side.nearest());
            }
        }
        return text.length() == 0 ? null : text.toString();
    }

    private boolean is(Expected wanted) {
        return egress.expected() == wanted || ingress.expected() == wanted;
    }
}
