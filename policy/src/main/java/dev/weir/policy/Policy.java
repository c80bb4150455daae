package dev.weir.policy;

import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import java.util.List;

/** A compiled policy of any dialect that isolates the pods it selects and lists what is allowed. */
public interface Policy {

    /** Kind, namespace and name, without a rule. */
    PolicyRef ref();

    /** Whether the pod is isolated by this policy in that direction. */
    boolean selects(Peer.Pod pod, Direction direction);

    /** The rules of that direction that allow the traffic, by name. */
    List<String> allowing(Traffic traffic, Direction direction);

    /** Every rule of that direction held against the traffic, in order, with what failed. */
    List<Match> match(Traffic traffic, Direction direction);
}
