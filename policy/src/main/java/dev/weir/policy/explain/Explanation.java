package dev.weir.policy.explain;

import dev.weir.model.Expected;
import dev.weir.policy.Decision;
import dev.weir.policy.Traffic;
import dev.weir.policy.UndefinedIcmp;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The reasons of a decision: one side for the egress of the source and one for the ingress of the destination. */
public record Explanation(Traffic traffic, Decision decision, SideExplanation egress, SideExplanation ingress) {

    /** The sentences of the sides that determine the decision, egress first; null when no policy decides. */
    public @Nullable String because() {
        if (decision.expected() == Expected.UNSELECTED) {
            return null;
        }
        return List.of(egress, ingress).stream()
                .filter(side -> side.decision().expected() == decision.expected())
                .map(SideExplanation::sentence)
                .collect(Collectors.joining(" "));
    }

    /** The caveats of the decision, a sentence each. */
    public List<String> caveats() {
        return UndefinedIcmp.decides(traffic.protocol(), decision.decidedBy())
                ? List.of(UndefinedIcmp.CAVEAT)
                : List.of();
    }

    /** The YAML that would allow the traffic, a document for each side that denies; null for none. */
    public @Nullable String patch() {
        String patch = List.of(egress, ingress).stream()
                .map(SideExplanation::patch)
                .filter(text -> text != null)
                .collect(Collectors.joining("---\n"));
        return patch.isEmpty() ? null : patch;
    }
}
