package dev.weir.policy.replay;

import dev.weir.policy.Peer;
import dev.weir.policy.cluster.Workload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One end of a recorded flow.
 *
 * @param peers the candidates: one, or each kind of pod behind a Service; none when the pod is not known
 * @param workload null for an end outside the cluster
 * @param display {@code shop/web (Deployment)}, {@code example.com (192.0.2.1)}
 * @param ports the destination port on each of the peers
 */
public record RecordedEnd(
        List<Peer> peers, @Nullable Workload workload, String display, List<@Nullable Integer> ports) {}
