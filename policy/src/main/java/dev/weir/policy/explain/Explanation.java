package dev.weir.policy.explain;

import dev.weir.model.Expected;
import dev.weir.policy.Decision;
import dev.weir.policy.Traffic;
import dev.weir.policy.UndefinedIcmp;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The reasons of a decision.
 *
 * @param egress about the policies of the network of the source
 * @param ingress about those of the destination
 * @param gaps the reasons for which nothing enforces policies that decide
 * @param mesh about the policies of a mesh that the destination's proxy enforces; null if there are none
 */
public record Explanation(
        Traffic traffic,
        Decision decision,
        SideExplanation egress,
        SideExplanation ingress,
        List<String> gaps,
        @Nullable SideExplanation mesh) {

    /** All parts of the explanation. */
    public List<SideExplanation> sides() {
        return mesh == null ? List.of(egress, ingress) : List.of(egress, ingress, mesh);
    }

    /** The sentences of the sides that determine the decision, egress first; null when no policy decides. */
    public @Nullable String because() {
        if (decision.expected() == Expected.UNSELECTED) {
            return null;
        }
        return sides().stream()
                .filter(side -> side.decision().expected() == decision.expected())
                .map(SideExplanation::sentence)
                .collect(Collectors.joining(" "));
    }

    /** The caveats of the decision, a sentence each. */
    public List<String> caveats() {
        List<String> caveats = new ArrayList<>(gaps);
        if (UndefinedIcmp.decides(traffic.protocol(), decision.decidedBy())) {
            caveats.add(UndefinedIcmp.CAVEAT);
        }
        return List.copyOf(caveats);
    }

    /** The YAML that would allow the traffic, a document for each side that denies; null for none. */
    public @Nullable String patch() {
        String patch = sides().stream()
                .map(SideExplanation::patch)
                .filter(text -> text != null)
                .collect(Collectors.joining("---\n"));
        return patch.isEmpty() ? null : patch;
    }
}
