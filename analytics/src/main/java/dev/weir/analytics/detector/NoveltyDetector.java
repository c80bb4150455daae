package dev.weir.analytics.detector;

import dev.weir.analytics.Finding;
import dev.weir.model.Activity;
import dev.weir.model.Baseline;
import dev.weir.model.BaselineState;
import dev.weir.model.Entity;
import dev.weir.model.Flow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Learns what a workload has and reports what is new. Whether it has learned enough is told by what it has seen and not by the
 * clock alone: as long as much of it was seen only once, much is still to come ({@link Novelty#unseen}), so a CronJob that
 * ran once is not known, however long ago that was. What is found stays out of the baseline until a person decides, so an
 * attack does not become usual by going on. The same goes, while it learns, for what a source that is on a threat list or looks like a scanner
 * reaches: it is held without a word, and told when there is a baseline to hold it against. What breaks a policy is left to the policy's own
 * alert, and not learned.
 */
public abstract class NoveltyDetector extends AbstractDetector<Novelty> {
    private static final long serialVersionUID = 1L;
    private static final Duration RETENTION = Duration.ofDays(30);
    /** Windows in a learning period: hours of a day. */
    private static final int WINDOWS = 24;

    private static final double MOST_CONFIDENCE = 0.9;
    private static final double STABLE_CONFIDENCE = 0.5;
    private static final double LOCKED_CONFIDENCE = 0.95;
    private static final double RELEASE_FACTOR = 0.5;
    /** Of a learning period: for so long what a release brings is taken for its doing. */
    private static final double RELEASE_SHARE = 1 / 12.0;

    /** So many tries that came to nothing within a slice, so many times those that were answered, are a scan. */
    private static final int SCAN = 10;

    private static final int SCANNED_TIMES = 4;
    /** What is used in so many windows while the workload learns is no find of a scanner. */
    private static final int USED = 3;

    private final NoveltyConfig config;
    private final Threats threats;

    /**
     * @param threats whom nobody is to learn from
     */
    protected NoveltyDetector(String id, Scope scope, NoveltyConfig config, Threats threats) {
        super(id, scope, Novelty.class, RETENTION);
        this.config = config;
        this.threats = threats;
    }

    /** What the activity is an instance of, for example an edge; null when it counts for nothing. */
    protected abstract @Nullable String member(Activity activity);

    /** Whose baseline it is. */
    protected abstract Entity workload(Activity activity);

    /** What tells the finding of a member from others. */
    protected abstract String subject(Activity activity, String member);

    /** The finding in the detector's own words; how sure it is, and since when, comes from here. */
    protected abstract Findings finding(Activity activity, String member, long known);

    @Override
    public final Step<Novelty> step(@Nullable Novelty state, Slice slice) {
        Novelty before = state == null ? Novelty.since(slice.startMs()) : state;
        List<Activity> counting = new ArrayList<>();
        for (Activity activity : slice.activities()) {
            if (activity.established() > 0 && activity.outcome() == null && member(activity) != null) {
                counting.add(activity);
            }
        }
        if (counting.isEmpty()) {
            return new Step<>(before, List.of());
        }
        Entity workload = workload(counting.get(0));
        @Nullable String cluster = counting.get(0).cluster();
        if (slice.decisions().relearnedMs(cluster, workload, slice.startMs()) > before.sinceMs()) {
            before = Novelty.since(slice.startMs());
        }
        boolean locked = slice.decisions().isLocked(cluster, workload, slice.startMs());
        BaselineState standing = standing(before, slice.startMs(), locked);
        Novelty now = before.inWindow(windowOf(slice.startMs()), slice.endMs() - RETENTION.toMillis());
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : counting) {
            now = seen(now, activity, slice, standing, locked, findings);
        }
        Baseline baseline = isNews(state, before, now) ? baseline(now, cluster, workload, locked, slice.endMs()) : null;
        return new Step<>(now, findings, baseline);
    }

    private Novelty seen(
            Novelty before,
            Activity activity,
            Slice slice,
            BaselineState standing,
            boolean locked,
            List<Finding> findings) {
        String name = member(activity);
        if (name == null) {
            return before;
        }
        Novelty now = before;
        for (String release : releases(activity)) {
            now = now.withRelease(release, slice.startMs());
        }
        long window = windowOf(slice.startMs());
        Novelty.Member known = now.members().get(name);
        if (known != null && !known.held()) {
            Novelty.Member again = known.seen(window);
            return again == known ? now : now.with(name, again, config.maxMembers());
        }
        boolean expected = slice.decisions()
                .isExpected(id(), activity.cluster(), source(activity), subject(activity, name), slice.startMs());
        boolean isFirst = known == null;
        if (known == null) {
            known = first(activity, window, slice, standing, confidence(now, activity, standing, locked, slice));
            now = now.with(name, known, config.maxMembers());
        } else if (known.isUntold() && known.windows() >= USED && !threats.isListed(activity)) {
            known = Novelty.Member.learned(known.firstMs(), window);
            now = now.with(name, known, config.maxMembers());
        } else if (known.isUntold() && standing != BaselineState.LEARNING) {
            known = known.told(confidence(now, activity, standing, locked, slice));
            isFirst = true;
        }
        if (!known.held() || known.isUntold() || expected) {
            return known.lastMs() == window ? now : now.with(name, known.seen(window), config.maxMembers());
        }
        boolean isFresh = slice.startMs() - known.firstMs() < config.growFor().toMillis();
        if (isFirst || isFresh || known.lastMs() != window) {
            findings.add(finding(activity, name, now, known, standing, locked, slice.startMs()));
        }
        return now.with(name, known.seen(window), config.maxMembers());
    }

    private Novelty.Member first(
            Activity activity, long window, Slice slice, BaselineState standing, double confidence) {
        if (standing != BaselineState.LEARNING) {
            return Novelty.Member.held(activity.firstSeenMs(), window, confidence);
        }
        return threats.isListed(activity) || isScanned(activity, slice)
                ? Novelty.Member.untold(activity.firstSeenMs(), window)
                : Novelty.Member.learned(activity.firstSeenMs(), window);
    }

    /** One of a few that answered where the same port, or the same peer, was tried in vain over and over. */
    private boolean isScanned(Activity activity, Slice slice) {
        long failed = 0;
        long answered = 0;
        for (Activity each : slice.activities()) {
            boolean isAlike = Objects.equals(each.port(), activity.port())
                    || each.destination().key().equals(activity.destination().key());
            failed += isAlike && each.established() == 0 && each.failed() > 0 ? 1 : 0;
            answered += isAlike && each.established() > 0 ? 1 : 0;
        }
        return scope() == Scope.SOURCE && failed >= SCAN && failed >= SCANNED_TIMES * answered;
    }

    /** As the finding will have it, by which decisions on it are found again. */
    protected Entity source(Activity activity) {
        return activity.source();
    }

    private double confidence(Novelty now, Activity activity, BaselineState standing, boolean locked, Slice slice) {
        if (locked) {
            return LOCKED_CONFIDENCE;
        }
        double unseen = now.unseen(slice.startMs(), config.learn().toMillis());
        double confidence = standing == BaselineState.STABLE ? STABLE_CONFIDENCE : MOST_CONFIDENCE * (1 - unseen);
        return isOfNewRelease(now, activity, slice.startMs()) ? RELEASE_FACTOR * confidence : confidence;
    }

    private Finding finding(
            Activity activity,
            String name,
            Novelty now,
            Novelty.Member member,
            BaselineState standing,
            boolean locked,
            long nowMs) {
        long known =
                now.members().values().stream().filter(each -> !each.held()).count();
        double unseen = now.unseen(nowMs, config.learn().toMillis());
        Findings finding = finding(activity, name, known)
                .confidence(member.confidence())
                .since(member.firstMs())
                .observed("first_used_ms", member.firstMs())
                .expected("known", known)
                .expected("unseen_expected", Math.round(unseen * 1000) / 1000.0)
                .expected("watched_since_ms", now.sinceMs());
        if (!locked && standing == BaselineState.STABLE) {
            finding.caveat("the baseline is not complete yet");
        }
        if (!locked && isOfNewRelease(now, activity, nowMs)) {
            finding.caveat("comes with pods of a new release");
        }
        return finding.build();
    }

    private boolean isOfNewRelease(Novelty now, Activity activity, long nowMs) {
        List<String> releases = releases(activity);
        double share = RELEASE_SHARE * config.learn().toMillis();
        return !releases.isEmpty()
                && now.releases().size() > 1
                && releases.stream().allMatch(each -> nowMs - now.releases().getOrDefault(each, nowMs) < share);
    }

    /** The pods of a release share the name of their ReplicaSet. */
    private List<String> releases(Activity activity) {
        List<String> releases = new ArrayList<>();
        for (Flow flow : activity.samples()) {
            String pod = scope() == Scope.SOURCE
                    ? flow.source().pod()
                    : flow.destination().pod();
            Entity owner = workload(activity);
            // Each run of a CronJob has a name of its own.
            String workload = "CronJob".equals(owner.workloadKind()) ? null : owner.workload();
            int dash = pod == null ? -1 : pod.lastIndexOf('-');
            if (pod != null && workload != null && dash > workload.length()) {
                releases.add(pod.substring(0, dash));
            }
        }
        return releases;
    }

    private BaselineState standing(Novelty novelty, long nowMs, boolean locked) {
        if (locked) {
            return BaselineState.WATCHING;
        }
        long learn = config.learn().toMillis();
        double unseen = novelty.unseen(nowMs, learn);
        if (nowMs - novelty.sinceMs() < learn || novelty.members().isEmpty() || unseen > config.stableUnseen()) {
            return BaselineState.LEARNING;
        }
        return unseen > config.watchingUnseen() ? BaselineState.STABLE : BaselineState.WATCHING;
    }

    private long windowOf(long ms) {
        long window = Math.max(Activity.SLICE_MS, config.learn().toMillis() / WINDOWS);
        return ms - Math.floorMod(ms, window);
    }

    /** When there is another member, or one that is held, and with each window, in which the standing may change. */
    private static boolean isNews(@Nullable Novelty state, Novelty before, Novelty now) {
        return !before.equals(state)
                || now.windowMs() != before.windowMs()
                || now.members().size() != before.members().size()
                || held(now) != held(before);
    }

    private static long held(Novelty novelty) {
        return novelty.members().values().stream().filter(Novelty.Member::held).count();
    }

    private Baseline baseline(Novelty now, @Nullable String cluster, Entity workload, boolean locked, long nowMs) {
        List<Baseline.Member> members = now.members().entrySet().stream()
                .map(NoveltyDetector::shown)
                .sorted(Comparator.comparingLong(Baseline.Member::firstSeenMs)
                        .reversed()
                        .thenComparing(Baseline.Member::name))
                .limit(Baseline.MAX_MEMBERS)
                .toList();
        return new Baseline(
                cluster,
                workload.withoutPod(),
                id(),
                standing(now, nowMs, locked),
                locked,
                now.sinceMs(),
                nowMs,
                now.windows(),
                Math.round(now.unseen(nowMs, config.learn().toMillis()) * 1000) / 1000.0,
                now.members().size(),
                members);
    }

    private static Baseline.Member shown(Map.Entry<String, Novelty.Member> entry) {
        Novelty.Member member = entry.getValue();
        return new Baseline.Member(entry.getKey(), member.firstMs(), member.lastMs(), member.windows(), member.held());
    }
}
