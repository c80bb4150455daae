package dev.weir.analytics.judge;

import dev.weir.model.ConnectionOutcome;
import dev.weir.model.ContextChange;
import dev.weir.model.Endpoint;
import dev.weir.model.Expected;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.L7;
import dev.weir.model.Verdict;
import dev.weir.model.context.ClusterObject;
import dev.weir.model.context.ClusterObjects;
import dev.weir.model.context.Clusters;
import dev.weir.model.context.ContextHistory;
import dev.weir.model.context.MeshProxy;
import dev.weir.policy.Decider;
import dev.weir.policy.Decision;
import dev.weir.policy.Identity;
import dev.weir.policy.NetworkAgent;
import dev.weir.policy.Peer;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Traffic;
import dev.weir.policy.explain.Explainer;
import dev.weir.policy.explain.Explanation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Judges flows by the context at the time that they began. For one thread. */
public final class Judge {
    /** The status of HTTP with which proxies refuse a request. */
    private static final int FORBIDDEN = 403;

    private final Clusters clusters;
    /** The policies by cluster, with the names of {@link Clusters#names()}. */
    private final Map<String, PolicyHistory> policies = new HashMap<>();

    private final long historyMs;
    private final boolean judgesIcmp;
    private final Set<NetworkAgent> agents;
    private final TreeSet<Long> changesAt = new TreeSet<>();
    private long generation;
    private @Nullable String unknownPolicy;
    /** The epoch that was last looked up, since flows mostly fall into the same one. */
    private long epochMs = Long.MAX_VALUE;

    private long epochEndMs = Long.MIN_VALUE;

    /**
     * Creates a judge without context.
     *
     * @param judgesIcmp true to judge ICMP by policies; else their result for ICMP is unknown
     */
    public Judge(Duration history, boolean judgesIcmp) {
        this(history, judgesIcmp, Set.of());
    }

    /**
     * Creates a judge without context.
     *
     * @param judgesIcmp true to judge ICMP by policies; else their result for ICMP is unknown
     * @param agents those that enforce the policies; empty for the ones whose pods are in the context
     */
    public Judge(Duration history, boolean judgesIcmp, Set<NetworkAgent> agents) {
        this.agents = agents;
        this.judgesIcmp = judgesIcmp;
        this.clusters = new Clusters(history);
        this.historyMs = history.toMillis();
    }

    /**
     * Applies a context change; to apply the same one again changes nothing.
     *
     * @return false if it was known
     * @throws InvalidRecordException when it cannot be used; then nothing has changed
     */
    public boolean apply(ContextChange change) {
        unknownPolicy = null;
        String text = change.object();
        ClusterObject object = text == null ? null : ClusterObjects.parse(change, text);
        if (PolicyHistory.isAbout(change.kind())) {
            unknownPolicy = policies.computeIfAbsent(
                            Objects.requireNonNullElse(change.cluster(), ""), cluster -> new PolicyHistory(agents))
                    .apply(change, object);
        }
        boolean changed = clusters.apply(change, object);
        if (changed) {
            changesAt.add(change.validFromMs());
            invalidate();
        }
        return changed;
    }

    /**
     * The reason for which the policy that was last applied is in force as unknown; null if it was compiled, or was no
     * policy.
     */
    public @Nullable String unknownPolicy() {
        return unknownPolicy;
    }

    /** Removes versions that ended before the history. */
    public void prune(long nowMs) {
        clusters.prune(nowMs);
        policies.values().forEach(each -> each.prune(nowMs - historyMs));
        policies.values().removeIf(PolicyHistory::isForgotten);
        Long oldest = changesAt.floor(nowMs - historyMs);
        if (oldest != null) {
            changesAt.headSet(oldest).clear();
        }
        invalidate();
    }

    private boolean hasPolicies() {
        return policies.values().stream().anyMatch(each -> !each.isEmpty());
    }

    private void invalidate() {
        generation++;
        epochMs = Long.MAX_VALUE;
        epochEndMs = Long.MIN_VALUE;
    }

    /**
     * The generation of the context, which grows with every change: conclusions of an earlier generation may not hold
     * any more.
     */
    public long generation() {
        return generation;
    }

    /**
     * The time at which the newest change came into force that applies to a flow of that time. Flows of the same epoch
     * and generation see the same cluster.
     */
    public long epoch(long ms) {
        if (ms < epochMs || ms >= epochEndMs) {
            Long since = changesAt.floor(ms);
            Long until = changesAt.higher(ms);
            epochMs = since == null ? Long.MIN_VALUE : since;
            epochEndMs = until == null ? Long.MAX_VALUE : until;
        }
        return epochMs;
    }

    /** All versions that are known. */
    public List<ContextChange> changes() {
        return clusters.changes();
    }

    /** The cluster of a flow, with its context. */
    Clusters.Membership membership(Flow flow) {
        return clusters.of(flow);
    }

    /** Judges a flow with its request, as far as the record holds one. */
    public Judgement judge(Flow flow) {
        return judge(flow, flow.l7());
    }

    /** Judges the connection of a flow without its request. */
    Judgement judgeConnection(Flow flow) {
        return judge(flow, null);
    }

    private Judgement judge(Flow flow, @Nullable L7 request) {
        long ms = flow.startMs();
        Clusters.Membership membership = clusters.of(flow);
        Flow resolved = membership.resolve(flow);
        Verdict observed = ConnectionOutcome.observed(resolved);
        boolean isLeftOut = !judgesIcmp && resolved.isIcmp();
        if (isLeftOut || membership.isAmbiguous() && hasPolicies()) {
            return Judgement.undecided(resolved, observed, Expected.UNKNOWN);
        }
        PolicyHistory history = membership.seenBy() == null ? null : policies.get(membership.seenBy());
        PolicyHistory.InForce inForce = history == null ? PolicyHistory.NOTHING : history.at(ms);
        if (inForce.isEmpty()) {
            return Judgement.undecided(resolved, observed, Expected.UNSELECTED);
        }
        Peer source = peer(membership.context(), resolved.source(), ms);
        Peer destination = peer(membership.context(), resolved.destination(), ms);
        if (source == null || destination == null) {
            return Judgement.undecided(resolved, observed, Expected.UNKNOWN);
        }
        Traffic traffic = new Traffic(
                source, destination, resolved.protocol(), resolved.destination().port(), request);
        return judge(resolved, observed, traffic, inForce);
    }

    private static Judgement judge(Flow flow, Verdict observed, Traffic traffic, PolicyHistory.InForce inForce) {
        Decision enforced = inForce.enforced().decide(traffic);
        PolicySet audited = inForce.audited().policies();
        boolean isAuditOpen = false;
        if (enforced.expected() != Expected.DENY && audited.size() > 0) {
            Decision audit = inForce.audited().decide(traffic);
            if (audit.expected() == Expected.DENY) {
                return explained(flow, observed, audit, PolicyOutcome.AUDIT, audited, traffic, false);
            }
            isAuditOpen = audit.expected() == Expected.UNKNOWN && audited.hasConditions();
        }
        Decider staged = inForce.staged();
        if (enforced.expected() != Expected.DENY && staged != null) {
            Decision would = staged.decide(traffic);
            if (would.expected() == Expected.DENY) {
                return explained(flow, observed, would, PolicyOutcome.AUDIT, staged.policies(), traffic, false);
            }
        }
        PolicySet policies = inForce.enforced().policies();
        boolean isOpen = isAuditOpen || enforced.expected() == Expected.UNKNOWN && policies.hasConditions();
        Verdict shown = shown(enforced, traffic, flow, observed, inForce);
        return explained(flow, shown, enforced, outcome(enforced.expected(), shown), policies, traffic, isOpen);
    }

    /** The verdict of the network as far as it shows whether the decision was enforced. */
    private static Verdict shown(
            Decision decision, Traffic traffic, Flow flow, Verdict observed, PolicyHistory.InForce inForce) {
        if (decision.expected() != Expected.DENY) {
            return observed;
        }
        if (isObservedBeforeEnforcement(decision, flow)) {
            return Verdict.UNKNOWN;
        }
        boolean isByMesh = decision.egress().expected() != Expected.DENY
                && decision.ingress().expected() != Expected.DENY;
        boolean isByRequest = traffic.l7() != null
                && inForce.enforced().decide(traffic.withoutRequest()).expected() != Expected.DENY;
        return isByMesh || isByRequest ? answered(traffic.l7(), observed) : observed;
    }

    /** The verdict of a proxy, which lets the connection through to it and refuses the request with its answer. */
    private static Verdict answered(@Nullable L7 request, Verdict observed) {
        if (observed == Verdict.DROPPED || request == null || !request.isAnswered()) {
            return observed == Verdict.DROPPED ? observed : Verdict.UNKNOWN;
        }
        L7.Http http = request.http();
        L7.Dns dns = request.dns();
        boolean isRefused = http != null && Integer.valueOf(FORBIDDEN).equals(http.status())
                || dns != null && "REFUSED".equals(dns.rcode());
        return isRefused ? Verdict.DROPPED : observed;
    }

    /**
     * True if only the destination's side denies and the flow was seen only as it left its source: that it was let out
     * is no bypass.
     */
    private static boolean isObservedBeforeEnforcement(Decision decision, Flow flow) {
        return decision.ingress().expected() == Expected.DENY
                && decision.egress().expected() != Expected.DENY
                && ConnectionOutcome.isSeenLeavingOnly(flow);
    }

    /**
     * The judgement, with an explanation only if there is an outcome, since an explanation takes longer than the
     * decision did.
     */
    private static Judgement explained(
            Flow flow,
            Verdict observed,
            Decision decision,
            @Nullable PolicyOutcome outcome,
            PolicySet policies,
            Traffic traffic,
            boolean isOpen) {
        Explanation explanation = outcome == null ? null : Explainer.explain(policies, traffic);
        return new Judgement(
                flow,
                observed,
                decision.expected(),
                outcome,
                decision.decidedBy(),
                explanation == null ? null : explanation.because(),
                explanation == null ? null : explanation.patch(),
                isOpen,
                explanation == null ? List.of() : explanation.caveats());
    }

    private static @Nullable PolicyOutcome outcome(Expected expected, Verdict observed) {
        return PolicyOutcome.of(expected, observed);
    }

    /** The end as policies see it; null for a pod with unknown labels, or a Service that hides its pod. */
    private static @Nullable Peer peer(ContextHistory context, Endpoint end, long ms) {
        String namespace = end.namespace();
        String name = end.pod() == null ? end.workload() : end.pod();
        if (name == null) {
            return end.service() == null ? notAPod(context, end, ms) : null;
        }
        Map<String, String> labels = end.labels();
        if (labels == null || namespace == null) {
            return null;
        }
        ClusterObject.Pod pod = context.pod(namespace, name, ms);
        boolean hostNetwork = pod != null && pod.hostNetwork();
        Identity identity = new Identity(
                namespace,
                context.namespaceLabels(namespace, ms),
                labels,
                pod == null ? List.of() : pod.ports(),
                hostNetwork,
                pod == null ? null : pod.serviceAccount(),
                pod == null ? MeshProxy.NONE : pod.proxy());
        Peer.Pod seen = new Peer.Pod(name, identity, false);
        if (pod == null || !hostNetwork) {
            return Peer.pod(end.ip(), seen, end.node());
        }
        ClusterObject.Node node = pod.node() == null ? null : context.node(pod.node(), ms);
        return Peer.onHost(end.ip(), seen, node == null ? null : new Peer.Node(node.name(), node.labels()));
    }

    private static Peer notAPod(ContextHistory context, Endpoint end, long ms) {
        if (context.ownerOf(end.ip(), ms) instanceof ClusterObject.Node node) {
            return Peer.node(end.ip(), new Peer.Node(node.name(), node.labels()));
        }
        List<String> names = end.names();
        return Peer.address(end.ip(), names == null ? List.of() : names);
    }
}
