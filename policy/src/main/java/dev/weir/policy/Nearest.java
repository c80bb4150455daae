package dev.weir.policy;

import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Remembers the rule that failed by the fewest clauses, and says so in one sentence. */
final class Nearest {
    private final Traffic traffic;
    private final Peer.Pod pod;
    private final Direction direction;
    private @Nullable PolicyRef policy;
    private @Nullable Match match;

    Nearest(Traffic traffic, Peer.Pod pod, Direction direction) {
        this.traffic = traffic;
        this.pod = pod;
        this.direction = direction;
    }

    void consider(PolicyRef ref, Match candidate) {
        if (match == null || distance(candidate) < distance(match)) {
            policy = ref;
            match = candidate;
        }
    }

    String sentence() {
        boolean ingress = direction == Direction.INGRESS;
        String other = (ingress ? traffic.source() : traffic.destination()).display();
        if (policy == null || match == null) {
            return "No rule allows any " + (ingress ? "ingress to " : "egress from ") + pod.display() + ".";
        }
        String rule = policy.display() + " " + match.rule();
        String what = traffic.service() + (ingress ? " from " : " to ") + other;
        if (match.undecided()) {
            return rule + " might allow " + what + ", but " + listed(match.unknown()) + ".";
        }
        return rule + " comes nearest to allowing " + what + ", but " + listed(match.failures()) + ".";
    }

    private static String listed(List<String> clauses) {
        int last = clauses.size() - 1;
        return last == 0 ? clauses.get(0) : String.join(", ", clauses.subList(0, last)) + " and " + clauses.get(last);
    }

    private static int distance(Match match) {
        return 2 * match.failures().size() + match.unknown().size();
    }
}
