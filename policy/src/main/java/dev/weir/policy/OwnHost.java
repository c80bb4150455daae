package dev.weir.policy;

import dev.weir.model.Direction;

/** The part of the traffic between a pod and the host that it runs on which the policies of a tier bind. */
public enum OwnHost {
    /** No traffic with the node itself: Kubernetes demands that a pod and its node always reach each other. */
    FREE {
        @Override
        boolean binds(Traffic traffic, Direction direction) {
            return !traffic.withOwnNode();
        }
    },

    /** Binds the traffic that the pod sends, by its egress. */
    EGRESS {
        @Override
        boolean binds(Traffic traffic, Direction direction) {
            boolean isOfPod = !traffic.source().isHost();
            return direction == Direction.EGRESS && isOfPod || !traffic.withOwnHost() || traffic.withinHost();
        }
    },

    /** All of it, but that isolation of the pod does not deny what the host sends. */
    RULES {
        @Override
        boolean isolates(Traffic traffic, Direction direction) {
            boolean isOfHost = traffic.destination().isHost();
            return direction == Direction.EGRESS || isOfHost || !traffic.withOwnHost();
        }
    },

    /** All of it, like other traffic. */
    ALL;

    /** True if the policies bind the traffic. */
    boolean binds(Traffic traffic, Direction direction) {
        return true;
    }

    /** True if isolation denies the traffic where no rule matches. */
    boolean isolates(Traffic traffic, Direction direction) {
        return true;
    }
}
