package dev.weir.policy.replay;

import dev.weir.policy.Peer;
import dev.weir.policy.cluster.Workload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One end of a recorded flow.
 *
 * @param peers who it may have been: one, or each kind of pod behind a Service; none when nothing is known of the pod
 * @param workload null for what is not in the cluster
 * @param display {@code shop/web (Deployment)}, {@code example.com (192.0.2.1)}
 * @param ports the destination port on each of the peers
 */
public record End(List<Peer> peers, @Nullable Workload workload, String display, List<@Nullable Integer> ports) {}
