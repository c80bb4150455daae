package dev.weir.analytics.correlate;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.Detectors;
import dev.weir.analytics.detector.Weighing;
import dev.weir.analytics.detector.newexternal.NewExternal;
import dev.weir.model.Baseline;
import dev.weir.model.BaselineState;
import dev.weir.model.Entity;
import java.util.List;

/**
 * Takes the baselines of a namespace's other workloads as a prior: a member of nine of ten siblings is no surprise in
 * the tenth, and a peer outside that regular contact, a channel or an upload goes to is less suspect if they use it,
 * too. When {@code k} of {@code n} others have the new member of a workload, the confidence is lowered to the share
 * {@code 1 - k / (n + 1)}, though never below {@value PriorUse#LEAST_SHARE} of it, since their use is no proof. Only
 * siblings with a reliable baseline count, and their quarantined members do not.
 */
public final class Siblings {
    /** The name of the value in the evidence that holds the number of siblings. */
    static final String NAME = "siblings";

    private Siblings() {}

    /** True if siblings weigh the finding: it is about a member of a workload's baseline, or about a peer outside. */
    public static boolean concerns(Finding finding) {
        return Detectors.weighing(finding.detector()).isOfMember() || isOfPeer(finding);
    }

    /** True if the finding is about a peer outside. */
    static boolean isOfPeer(Finding finding) {
        Weighing weighing = Detectors.weighing(finding.detector());
        return weighing == Weighing.NEW_PEER
                || weighing.isOfBehaviour() && finding.destination().isAddress();
    }

    /**
     * The members of one baseline of one workload.
     *
     * @param members names without those that are quarantined, sorted
     */
    public record Usual(String workload, String detector, boolean isReliable, long updatedMs, List<String> members) {
        /** The part of a baseline that siblings are compared with. */
        public static Usual of(Baseline baseline) {
            return new Usual(
                    baseline.workload().key(),
                    baseline.detector(),
                    baseline.state() == BaselineState.WATCHING,
                    baseline.updatedMs(),
                    baseline.members().stream()
                            .filter(member -> !member.quarantined())
                            .map(Baseline.Member::name)
                            .sorted()
                            .toList());
        }

        private boolean has(String subject) {
            return members.stream().anyMatch(member -> subject.equals(member) || subject.endsWith(" " + member));
        }
    }

    /** The workload whose baseline the finding is about. */
    public static Entity workload(Finding finding) {
        return Detectors.weighing(finding.detector()) == Weighing.NEW_PORT ? finding.destination() : finding.source();
    }

    /** The finding with its confidence lowered by the siblings; itself if none of them has the member. */
    public static Finding weighed(Finding finding, Iterable<Usual> all) {
        Entity workload = workload(finding);
        boolean isOfBehaviour = Detectors.weighing(finding.detector()).isOfBehaviour();
        String member = isOfBehaviour
                ? String.valueOf(NewExternal.peer(
                        finding.destination(), finding.evidence().flows()))
                : finding.subject();
        int others = 0;
        int alike = 0;
        for (Usual each : all) {
            boolean isOfMember = isOfBehaviour
                    ? Detectors.weighing(each.detector()) == Weighing.NEW_PEER
                    : each.detector().equals(finding.detector());
            if (each.isReliable() && isOfMember && !each.workload().equals(workload.key())) {
                others++;
                alike += each.has(member) ? 1 : 0;
            }
        }
        return alike == 0 ? finding : PriorUse.lowered(finding, PriorUse.LEAST_SHARE, NAME, others, alike);
    }
}
