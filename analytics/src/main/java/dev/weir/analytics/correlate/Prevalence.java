package dev.weir.analytics.correlate;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.Detectors;
import dev.weir.analytics.detector.Weighing;
import dev.weir.analytics.detector.beaconing.Beaconing;
import dev.weir.analytics.detector.newedge.NewEdge;
import dev.weir.analytics.detector.newexternal.NewExternal;
import dev.weir.common.Millis;
import dev.weir.model.Baseline;
import dev.weir.model.Entity;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Weighs findings about one peer by what the cluster's other sources have to do with it. A peer that much of the
 * cluster used before the source began is hardly an attacker's: if {@code k} of {@code n} others did, the confidence is
 * lowered as siblings lower it ({@link Siblings}), which come first since they are closer. The same holds if {@code k}
 * others have no answer from the peer either, since it is down or cut off, or keep in touch with the same peer inside,
 * since it is new there. A peer outside that no other source ever used is a little more suspect. Fewer than {@value
 * #LEAST_OTHERS} others say nothing: the victims of one attack would be much of them. Nor do others that are reported
 * themselves, or began at about the same time or later, count as users.
 */
public final class Prevalence {
    /** The name of the value in the evidence that holds the number of other sources in the cluster. */
    static final String NAME = "cluster_sources";

    private static final int LEAST_OTHERS = 10;

    /**
     * The least share of its confidence that a finding keeps whose peer has no name but that of its block of addresses.
     */
    private static final double LEAST_OF_BLOCK = 0.75;

    /**
     * The factor by which a peer that no other source uses raises the odds of an attack. Nearly all peers of attackers
     * are such, and about three of four of those that are none.
     */
    private static final double ALONE = 4 / 3.0;

    private static final long BEFORE_MS = Millis.HOUR;

    private Prevalence() {}

    /**
     * The sources that have to do with a peer.
     *
     * @param sources a sketch of those with the peer in their baseline of peers outside, by the time since when, see
     *     {@link FirstUses}
     * @param reported such a sketch of those that a detector reported for it
     */
    public record Users(byte[] sources, byte[] reported, long updatedMs) {
        private static Users none() {
            return new Users(FirstUses.none(), FirstUses.none(), 0);
        }

        /** The users with that of a baseline. */
        public static Users with(@Nullable Users known, Baseline baseline) {
            Users before = known == null ? none() : known;
            return new Users(
                    FirstUses.with(before.sources, baseline.workload().key(), baseline.updatedMs()),
                    before.reported,
                    Math.max(before.updatedMs, baseline.updatedMs()));
        }

        /** The users with that of a finding among the reported ones; themselves for a finding of a new peer. */
        public static @Nullable Users with(@Nullable Users known, Finding finding) {
            if (isOfNewPeer(finding)) {
                return known;
            }
            Users before = known == null ? none() : known;
            return new Users(
                    before.sources,
                    FirstUses.with(before.reported, finding.source().key(), finding.lastSeenMs()),
                    Math.max(before.updatedMs, finding.lastSeenMs()));
        }
    }

    /**
     * The sources of a cluster that have a baseline of peers, in the latest period of 30 days and in the period before.
     *
     * @param period its number
     * @param now a sketch of them by the time since when, see {@link FirstUses}
     */
    public record Sources(long period, byte[] now, byte[] before) {
        private static final long PERIOD_MS = Duration.ofDays(30).toMillis();

        /** No source. */
        public static Sources none() {
            return new Sources(0, FirstUses.none(), FirstUses.none());
        }

        /** The sources with that of a baseline, in any order. */
        public Sources with(Baseline baseline) {
            String source = baseline.workload().key();
            long ms = baseline.updatedMs();
            long of = Math.floorDiv(ms, PERIOD_MS);
            if (of > period) {
                byte[] last = of == period + 1 ? now : FirstUses.none();
                return new Sources(of, FirstUses.with(FirstUses.none(), source, ms), last);
            }
            return of == period
                    ? new Sources(period, FirstUses.with(now, source, ms), before)
                    : new Sources(period, now, of == period - 1 ? FirstUses.with(before, source, ms) : before);
        }

        /** True if no period with a baseline counts any more. */
        public boolean isOver(long nowMs) {
            return Math.floorDiv(nowMs, PERIOD_MS) > period + 1;
        }

        private byte[] all() {
            return FirstUses.merged(now, before);
        }
    }

    /** The name that the finding's peer has in baselines; null if the finding is not about one peer. */
    public static @Nullable String peer(Finding finding) {
        if (finding.source().key().equals(Entity.UNNAMED)) {
            return null;
        }
        if (isOfNewPeer(finding)) {
            return finding.subject();
        }
        if (Siblings.isOfPeer(finding)) {
            return NewExternal.peer(finding.destination(), finding.evidence().flows());
        }
        String protocol = finding.protocol();
        return protocol != null && isInside(finding)
                ? NewEdge.name(finding.destination(), protocol, finding.ports().get(0))
                : null;
    }

    private static boolean isOfNewPeer(Finding finding) {
        return Detectors.weighing(finding.detector()) == Weighing.NEW_PEER;
    }

    /** True for behaviour towards a workload, node or Service. */
    private static boolean isInside(Finding finding) {
        return Detectors.weighing(finding.detector()) == Weighing.PEER
                && !finding.destination().isAddress()
                && !finding.ports().isEmpty();
    }

    /**
     * The finding with its confidence weighed by the cluster.
     *
     * @param all the sources of the cluster; null for none
     * @param users those of the finding's peer, and those reported up to now; null for none
     */
    public static Finding weighed(Finding finding, @Nullable Sources all, @Nullable Users users) {
        if (finding.evidence().expected().containsKey(Siblings.NAME)) {
            return finding;
        }
        byte[] sources = all == null ? FirstUses.none() : all.all();
        return weighed(finding, sources, users == null ? Users.none() : users);
    }

    private static Finding weighed(Finding finding, byte[] sources, Users users) {
        String source = finding.source().key();
        long before = finding.firstSeenMs() - BEFORE_MS;
        long now = finding.lastSeenMs() + 1;
        double alike = FirstUses.others(users.sources, users.reported, source, before);
        double others = FirstUses.others(sources, source, before);
        boolean isUnanswered = Beaconing.isUnanswered(finding);
        if (isUnanswered || isInside(finding)) {
            alike = Math.max(alike, FirstUses.others(users.reported, source, now));
            others = Math.max(others, FirstUses.others(sources, source, now));
        }
        others = Math.max(others, alike);
        if (alike >= 1) {
            return others < LEAST_OTHERS
                    ? finding
                    : PriorUse.lowered(finding, leastShare(finding), NAME, others, alike);
        }
        double watched = FirstUses.others(sources, source, now - BEFORE_MS);
        boolean isAlone =
                FirstUses.others(users.sources, source, now) + FirstUses.others(users.reported, source, now) < 1;
        boolean isOfBehaviour = !isUnanswered && !isOfNewPeer(finding);
        return isAlone && isOfBehaviour && finding.destination().isExternal() && watched >= LEAST_OTHERS
                ? PriorUse.raised(finding, ALONE, NAME, watched)
                : finding;
    }

    /** The block of an address outside is shared with strangers. */
    private static double leastShare(Finding finding) {
        String peer = peer(finding);
        boolean isOfBlock = peer != null && finding.destination().isExternal() && peer.indexOf('/') >= 0;
        return isOfBlock && !Beaconing.isUnanswered(finding) ? LEAST_OF_BLOCK : PriorUse.LEAST_SHARE;
    }
}
