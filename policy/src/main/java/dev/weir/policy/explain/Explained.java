package dev.weir.policy.explain;

import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import dev.weir.policy.Match;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Traffic;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Explanation} as programs receive it.
 *
 * @param expected {@code allow}, {@code deny}, {@code unselected} or {@code unknown}
 * @param mesh the policies of a mesh that the destination's proxy enforces; null if there are none
 * @param caveats limits of the decision, a sentence each
 * @param patch YAML that would allow denied traffic; null where nothing is denied, or no patch is possible
 * @param denyPolicy the tightest YAML that would deny allowed traffic; null where it is denied, or no policy can
 */
public record Explained(
        String from,
        String to,
        String protocol,
        @Nullable Integer port,
        String expected,
        Side egress,
        Side ingress,
        @Nullable Side mesh,
        List<String> caveats,
        @Nullable String patch,
        @Nullable String denyPolicy) {

    /**
     * The policies of one end.
     *
     * @param because the reason in one sentence
     */
    public record Side(
            String expected,
            String because,
            List<String> decidedBy,
            List<String> passedBy,
            List<SelectedBy> selectedBy) {}

    /**
     * A policy that selects the end.
     *
     * @param nearest the rule that matches, or is nearest to matching, and the reason for which it does not
     */
    public record SelectedBy(String policy, String nearest) {}

    public static Explained of(Explanation explanation, PolicySet policies) {
        Traffic traffic = explanation.traffic();
        Expected expected = explanation.decision().expected();
        boolean isDenied = expected == Expected.DENY;
        return new Explained(
                traffic.source().display(),
                traffic.destination().display(),
                traffic.protocol(),
                traffic.port(),
                expected.id(),
                side(explanation.egress()),
                side(explanation.ingress()),
                explanation.mesh() == null ? null : side(explanation.mesh()),
                explanation.caveats(),
                isDenied ? explanation.patch() : null,
                isDenied || expected == Expected.UNKNOWN ? null : DenyPolicy.of(policies, traffic));
    }

    private static Side side(SideExplanation side) {
        return new Side(
                side.decision().expected().id(),
                side.sentence(),
                side.decision().decidedBy().stream().map(PolicyRef::display).toList(),
                side.decision().passedBy().stream().map(PolicyRef::display).toList(),
                side.selecting().stream()
                        .map(each -> new SelectedBy(each.policy().display(), nearest(each.nearest())))
                        .toList());
    }

    /** The nearness of a policy, in words. */
    public static String nearest(@Nullable Match match) {
        if (match == null) {
            return "has no rules";
        }
        String rule = match.rule().ref().rule() + " ";
        if (match.matched()) {
            return rule + "matches";
        }
        List<String> reasons = new ArrayList<>(match.failures());
        reasons.addAll(match.unknown());
        return rule + (match.undecided() ? "may match: " : "does not match: ") + String.join(", ", reasons);
    }
}
