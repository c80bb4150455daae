package dev.weir.policy.lint;

import dev.weir.policy.PeerClause;
import dev.weir.policy.Policy;
import dev.weir.policy.PortClause;
import dev.weir.policy.Rule;
import dev.weir.policy.clause.BlockClause;
import dev.weir.policy.clause.LabelSelector;
import dev.weir.policy.clause.PodClause;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tests whether one clause holds wherever another does, by their text. It never says yes wrongly; it may miss some. */
final class Coverage {
    private Coverage() {}

    static boolean covers(Policy.Subject wide, Policy.Subject narrow) {
        return wide instanceof PodClause a && narrow instanceof PodClause b && pods(a, b);
    }

    static boolean covers(Rule wide, Rule narrow) {
        return peers(wide.peers(), narrow.peers())
                && ports(wide.ports(), narrow.ports())
                && narrow.conditions().containsAll(wide.conditions());
    }

    private static boolean peers(List<PeerClause> wide, List<PeerClause> narrow) {
        return wide.isEmpty()
                || (!narrow.isEmpty()
                        && narrow.stream().allMatch(peer -> wide.stream().anyMatch(other -> peer(other, peer))));
    }

    private static boolean peer(PeerClause wide, PeerClause narrow) {
        if (wide instanceof PodClause a && narrow instanceof PodClause b) {
            return pods(a, b);
        }
        if (wide instanceof BlockClause a && narrow instanceof BlockClause b) {
            return a.block().contains(b.block())
                    && (a.except().isEmpty()
                            || (a.block().equals(b.block()) && a.except().equals(b.except())));
        }
        return wide.equals(narrow);
    }

    private static boolean pods(PodClause wide, PodClause narrow) {
        boolean namespace = wide.namespace() == null || wide.namespace().equals(narrow.namespace());
        return namespace && selector(wide.namespaces(), narrow.namespaces()) && selector(wide.pods(), narrow.pods());
    }

    private static boolean selector(@Nullable LabelSelector wide, @Nullable LabelSelector narrow) {
        if (wide == null || wide.requirements().isEmpty()) {
            return true;
        }
        return narrow != null && narrow.requirements().containsAll(wide.requirements());
    }

    private static boolean ports(List<PortClause> wide, List<PortClause> narrow) {
        return wide.isEmpty()
                || (!narrow.isEmpty()
                        && narrow.stream().allMatch(port -> wide.stream().anyMatch(other -> port(other, port))));
    }

    private static boolean port(PortClause wide, PortClause narrow) {
        if (wide.equals(narrow)) {
            return true;
        }
        boolean numbers = wide.name() == null
                && wide.protocol() != null
                && wide.protocol().equals(narrow.protocol());
        if (!numbers) {
            return false;
        }
        // A named port has a known protocol only, so only all ports cover it.
        return narrow.name() == null
                ? wide.first() <= narrow.first() && narrow.last() <= wide.last()
                : wide.first() == 0;
    }
}
