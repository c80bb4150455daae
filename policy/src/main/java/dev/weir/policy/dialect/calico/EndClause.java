package dev.weir.policy.dialect.calico;

import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import dev.weir.policy.clause.AddressBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The condition of a rule on one end: by selectors, by blocks of addresses and by the addresses of a Service. All that
 * is said must hold.
 */
final class EndClause implements PeerClause {
    private final @Nullable Selection selected;
    private final boolean isNegated;
    private final CalicoFacts facts;
    private final String shown;
    private final @Nullable InBlocks sets;
    private final List<InBlocks> blocks = new ArrayList<>();
    private final @Nullable InService service;

    /**
     * Creates the clause.
     *
     * @param selected null if there is no selector
     * @param isNegated true if the end must not be selected
     * @param shown the selectors as the policy has them
     * @param nets blocks of which one must have the address; empty for any
     * @param notNets blocks of which none may have it
     * @param service null if no Service is named
     */
    EndClause(
            @Nullable Selection selected,
            boolean isNegated,
            CalicoFacts facts,
            String shown,
            List<AddressBlock> nets,
            List<AddressBlock> notNets,
            @Nullable InService service) {
        this.selected = selected;
        this.isNegated = isNegated;
        this.facts = facts;
        this.shown = shown;
        this.service = service;
        List<AddressBlock> ofSets = selected == null
                ? List.of()
                : selected.sets(facts).stream()
                        .flatMap(set -> set.nets().stream())
                        .toList();
        sets = ofSets.isEmpty() ? null : new InBlocks(ofSets, false);
        if (!nets.isEmpty()) {
            blocks.add(new InBlocks(nets, false));
        }
        if (!notNets.isEmpty()) {
            blocks.add(new InBlocks(notNets, true));
        }
    }

    /**
     * Tests whether an address is in one of several blocks.
     *
     * @param isNegated true if it must be in none of them
     */
    record InBlocks(List<AddressBlock> blocks, boolean isNegated) implements AddressTest {
        @Override
        public Holds test(Peer peer) {
            byte[] address = peer.address();
            if (address == null) {
                return Holds.UNKNOWN;
            }
            Holds holds = Holds.of(blocks.stream().anyMatch(block -> block.contains(address)));
            return isNegated ? holds.negated() : holds;
        }
    }

    @Override
    public Holds holds(Peer peer) {
        Holds holds = selection(peer);
        for (InBlocks each : blocks) {
            holds = holds == Holds.NO ? holds : holds.and(each.test(peer));
        }
        return holds == Holds.NO || service == null ? holds : holds.and(service.test(peer));
    }

    private Holds selection(Peer peer) {
        if (selected == null) {
            return Holds.YES;
        }
        Peer.Pod pod = peer.selectable();
        Holds holds = pod == null ? selected.host(peer.node(), facts) : selected.pod(pod.identity(), facts);
        if (sets != null) {
            holds = holds.or(sets.test(peer));
        }
        return isNegated ? holds.negated() : holds;
    }

    @Override
    public List<String> reasons(Peer peer) {
        List<String> reasons = new ArrayList<>();
        Holds answer = holds(peer);
        if (answer == Holds.YES) {
            return reasons;
        }
        if (selection(peer) == answer) {
            reasons.add(
                    answer == Holds.NO
                            ? peer.display() + " is not selected by " + shown
                            : "it is not known whether " + shown + " selects " + peer.display());
        }
        for (InBlocks each : blocks) {
            if (each.test(peer) == answer) {
                reasons.add(
                        answer == Holds.UNKNOWN
                                ? "the address of " + peer.display() + " is not known"
                                : peer.ip() + (each.isNegated() ? " is in " : " is not in ") + each.blocks());
            }
        }
        if (service != null && service.test(peer) == answer) {
            reasons.add(service.reason(peer, answer));
        }
        return reasons;
    }

    @Override
    public List<AddressTest> addressTests() {
        List<AddressTest> tests = new ArrayList<>(blocks);
        if (sets != null) {
            tests.add(sets);
        }
        if (service != null) {
            tests.add(service);
        }
        return tests;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EndClause that
                && isNegated == that.isNegated
                && facts.equals(that.facts)
                && Objects.equals(selected, that.selected)
                && blocks.equals(that.blocks)
                && Objects.equals(service, that.service);
    }

    @Override
    public int hashCode() {
        return Objects.hash(selected, blocks, service);
    }
}
