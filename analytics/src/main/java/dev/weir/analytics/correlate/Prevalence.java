package dev.weir.analytics.correlate;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.newexternal.NewExternal;
import dev.weir.model.Baseline;
import dev.weir.model.Entity;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Weighs findings about a peer outside by the peers that the cluster's other sources have. A peer that much of the
 * cluster used before the source began is hardly an attacker's: if {@code k} of {@code n} others did, the confidence is
 * lowered as siblings lower it ({@link Siblings}), which come first since they are closer. A peer that none of them ever
 * used is a little more suspect. Fewer than {@value #LEAST_OTHERS} others say nothing: the victims of one attack would be
 * much of them. Other sources that began about when this one did, or later, may be such victims, and do not count.
 */
public final class Prevalence {
    /** The name of the value in the evidence that holds the number of other sources in the cluster. */
    static final String NAME = "cluster_sources";

    private static final int LEAST_OTHERS = 10;

    /**
     * The factor by which a peer that no other source uses raises the odds of an attack. Nearly all peers of attackers
     * are such, and about three of four of those that are none.
     */
    private static final double ALONE = 4 / 3.0;

    private static final long BEFORE_MS = Duration.ofHours(1).toMillis();

    private Prevalence() {}

    /**
     * The sources that use a peer outside.
     *
     * @param sources a sketch of them by their first use, see {@link FirstUses}
     */
    public record Users(byte[] sources, long updatedMs) {
        /** The users with those of a baseline; themselves if it adds none. */
        public static Users with(@Nullable Users known, Baseline baseline, Baseline.Member member) {
            byte[] before = known == null ? FirstUses.none() : known.sources;
            byte[] sources = FirstUses.with(before, baseline.workload().key(), member.firstSeenMs());
            long updated = known == null ? member.lastSeenMs() : Math.max(known.updatedMs, member.lastSeenMs());
            return new Users(sources, updated);
        }
    }

    /**
     * The sources of a cluster that have peers outside, so far in a period of 30 days and those of the period before.
     *
     * @param now a sketch of them by their first use, see {@link FirstUses}
     */
    public record Sources(long sinceMs, byte[] now, byte[] before) {
        private static final long PERIOD_MS = Duration.ofDays(30).toMillis();

        /** No source. */
        public static Sources since(long ms) {
            return new Sources(ms, FirstUses.none(), FirstUses.none());
        }

        /** The sources with that of a baseline. */
        public Sources with(Baseline baseline, long firstMs) {
            boolean isOver = baseline.updatedMs() - sinceMs >= PERIOD_MS;
            Sources period = isOver ? new Sources(baseline.updatedMs(), FirstUses.none(), now) : this;
            byte[] more = FirstUses.with(period.now, baseline.workload().key(), firstMs);
            return new Sources(period.sinceMs, more, period.before);
        }

        private byte[] all() {
            return FirstUses.merged(now, before);
        }
    }

    /** The name of the finding's peer outside in baselines; null if the finding is about none, or siblings weighed it. */
    public static @Nullable String peer(Finding finding) {
        if (!Siblings.isOfPeer(finding)
                || finding.evidence().expected().containsKey(Siblings.NAME)
                || finding.source().key().equals(Entity.UNNAMED)) {
            return null;
        }
        return finding.detector().equals(NewExternal.TYPE.id())
                ? finding.subject()
                : NewExternal.peer(finding.destination(), finding.evidence().flows());
    }

    /**
     * The finding with its confidence weighed by the cluster.
     *
     * @param sources those of the cluster; null for none
     * @param users those that use the finding's peer; null for none
     */
    public static Finding weighed(Finding finding, @Nullable Sources sources, @Nullable Users users) {
        return weighed(
                finding,
                sources == null ? FirstUses.none() : sources.all(),
                users == null ? FirstUses.none() : users.sources);
    }

    private static Finding weighed(Finding finding, byte[] sources, byte[] users) {
        String source = finding.source().key();
        long before = finding.firstSeenMs() - BEFORE_MS;
        double alike = FirstUses.others(users, source, before);
        if (alike >= 1) {
            double others = Math.max(alike, FirstUses.others(sources, source, before));
            return others < LEAST_OTHERS ? finding : PriorUse.lowered(finding, NAME, others, alike);
        }
        double watched = FirstUses.others(sources, source, finding.lastSeenMs() - BEFORE_MS);
        boolean isAlone = FirstUses.others(users, source, Long.MAX_VALUE) < 1;
        boolean isOfBehaviour = !finding.detector().equals(NewExternal.TYPE.id());
        return isAlone && isOfBehaviour && finding.destination().isExternal() && watched >= LEAST_OTHERS
                ? PriorUse.raised(finding, ALONE, NAME, watched)
                : finding;
    }
}
