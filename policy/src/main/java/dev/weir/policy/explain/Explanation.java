package dev.weir.policy.explain;

import dev.weir.model.Expected;
import dev.weir.policy.Decision;
import dev.weir.policy.Traffic;
import dev.weir.policy.UndefinedIcmp;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Why traffic is allowed, denied or not to be decided: a side each for the egress of the source and the ingress. */
public record Explanation(Traffic traffic, Decision decision, SideExplanation egress, SideExplanation ingress) {

    /** The sentences of the sides that brought about the decision, egress first; null when no policy has a say. */
    public @Nullable String because() {
        if (decision.expected() == Expected.UNSELECTED) {
            return null;
        }
        return List.of(egress, ingress).stream()
                .filter(side -> side.decision().expected() == decision.expected())
                .map(SideExplanation::sentence)
                .collect(Collectors.joining(" "));
    }

    /** What makes the decision less certain than it reads, a sentence each. */
    public List<String> caveats() {
        return UndefinedIcmp.decides(traffic.protocol(), decision.decidedBy())
                ? List.of(UndefinedIcmp.CAVEAT)
                : List.of();
    }

    /** The YAML that would allow the traffic, a document for each side that denies; null when there is none. */
    public @Nullable String patch() {
        String patch = List.of(egress, ingress).stream()
                .map(SideExplanation::patch)
                .filter(text -> text != null)
                .collect(Collectors.joining("---\n"));
        return patch.isEmpty() ? null : patch;
    }
}
