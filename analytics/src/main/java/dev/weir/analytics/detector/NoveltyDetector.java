package dev.weir.analytics.detector;

import dev.weir.analytics.Finding;
import dev.weir.model.Activity;
import dev.weir.model.Baseline;
import dev.weir.model.BaselineState;
import dev.weir.model.Entity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Learns the members of a workload's baseline and reports new ones. A baseline is complete by evidence, not by the
 * clock alone: as long as many members were seen only once, more are to be expected ({@link Novelty#unseen}), so a
 * CronJob that ran once is not known, however long ago that was. Where nothing usual was seen yet, as of a CronJob
 * that has only scanned so far, nothing is new. A new member is quarantined until a person decides, so an attack does
 * not become usual by going on. While the baseline is learned, members of a source that is on a
 * threat list or looks like a scanner are quarantined silently; they are reported once the baseline is reliable. So is
 * a member with a single connection of sampled traffic, until another follows within the hour. Activity that breaks a
 * policy is left to the policy's own alert, and not learned.
 */
public abstract class NoveltyDetector extends AbstractDetector<Novelty> {
    private static final long serialVersionUID = 1L;
    private static final Duration RETENTION = Duration.ofDays(30);
    /** Windows in a learning period: hours of a day. */
    private static final int WINDOWS = 24;

    /** A baseline with twice as many members, or more, is not published at each change. */
    private static final int PUBLISHED_STEPS = 32;

    private static final double MOST_CONFIDENCE = 0.9;
    private static final double STABLE_CONFIDENCE = 0.5;
    private static final double LOCKED_CONFIDENCE = 0.95;
    private static final double RELEASE_FACTOR = 0.5;
    /** The share of a learning period for which new members of a new release are attributed to the release. */
    private static final double RELEASE_SHARE = 1 / 12.0;

    /**
     * The number of windows after which a member that is quarantined during learning counts as used, and not as found
     * by a scanner.
     */
    private static final int USED = 3;

    private final NoveltyConfig config;
    private final Threats threats;

    /**
     * Creates a detector.
     *
     * @param threats sources and peers that are never learned
     */
    protected NoveltyDetector(DetectorType<?> type, DetectorScope scope, NoveltyConfig config, Threats threats) {
        super(type, scope, Novelty.class, RETENTION);
        this.config = config;
        this.threats = threats;
    }

    /** The member that an activity belongs to, for example its edge; null if the activity does not count. */
    protected abstract @Nullable String member(Activity activity);

    /** The workload whose baseline the activity belongs to. */
    protected abstract Entity workload(Activity activity);

    /** The part of the fingerprint that distinguishes the finding of this member from others of the same source. */
    protected abstract String subject(Activity activity, String member);

    /** The finding in the words of the detector; this class adds confidence, start and evidence. */
    protected abstract Findings finding(Activity activity, String member, long known);

    /** True if people see the baseline; false for one that is about the peers of the workload. */
    protected boolean isPublished() {
        return true;
    }

    /**
     * The number of windows with activity after which a workload without a member is expected to have none; without
     * this, it has no baseline before its first member.
     */
    protected long windowsUntilEmptyIsUsual() {
        return Long.MAX_VALUE;
    }

    /** True if the activity is reported where it brings the first member of a workload that had none. */
    protected boolean isFirstReported(Activity activity) {
        return true;
    }

    @Override
    public final DetectorResult<Novelty> step(@Nullable Novelty state, Slice slice) {
        Novelty before = state == null ? Novelty.since(slice.beganMs()) : state;
        List<Activity> counting = new ArrayList<>();
        for (Activity activity : slice.activities()) {
            if (activity.established() > 0 && activity.outcome() == null && member(activity) != null) {
                counting.add(activity);
            }
        }
        if (counting.isEmpty()) {
            // Without a member the times of other activity say for how long the workload did without one.
            boolean isCounted = windowsUntilEmptyIsUsual() < Long.MAX_VALUE
                    && before.members().isEmpty();
            return new DetectorResult<>(
                    isCounted ? before.inWindow(windowOf(slice.startMs()), Long.MIN_VALUE) : before, List.of());
        }
        Entity workload = workload(counting.get(0));
        @Nullable String cluster = counting.get(0).cluster();
        if (slice.decisions().relearnedMs(cluster, workload, slice.startMs()) > before.sinceMs()) {
            before = Novelty.since(slice.startMs());
        }
        boolean locked = slice.decisions().isLocked(cluster, workload, slice.startMs());
        BaselineState baselineState = baselineState(before, slice.startMs(), locked);
        NoveltyDraft draft = new NoveltyDraft(
                before.inWindow(windowOf(slice.startMs()), slice.endMs() - RETENTION.toMillis()), config.maxMembers());
        List<Finding> findings = new ArrayList<>();
        Scanned scanned = new Scanned(slice.activities());
        for (Activity activity : counting) {
            seen(draft, activity, scanned, slice, baselineState, locked, findings);
        }
        Novelty now = draft.done();
        boolean isChanged = isPublished() && isChanged(state, before, now);
        Baseline baseline = isChanged ? baseline(now, cluster, workload, locked, slice.endMs()) : null;
        return new DetectorResult<>(now, findings, baseline);
    }

    private void seen(
            NoveltyDraft now,
            Activity activity,
            Scanned scanned,
            Slice slice,
            BaselineState baselineState,
            boolean locked,
            List<Finding> findings) {
        String name = member(activity);
        if (name == null) {
            return;
        }
        for (String release : releases(activity)) {
            now.addRelease(release, slice.startMs());
        }
        long window = windowOf(slice.startMs());
        Novelty.Member known = now.member(name);
        if (known != null && !known.quarantined()) {
            if (known.lastMs() != window) {
                now.put(name, known.seen(window));
            }
            return;
        }
        boolean expected = slice.decisions()
                .isExpected(id(), activity.cluster(), source(activity), subject(activity, name), slice.startMs());
        boolean isFirst = known == null;
        if (known == null) {
            boolean isLearned = beganInLearning(now, activity) || (now.known() == 0 && !isFirstReported(activity));
            if (baselineState == BaselineState.LEARNING || (!locked && isLearned)) {
                known = learned(activity, window, scanned);
            } else if (isScanned(activity, scanned) || (!locked && isChance(activity))) {
                // The scan is reported; its answered attempts are new when they are used later.
                known = Novelty.Member.unreported(activity.firstSeenMs(), window);
            } else {
                known = Novelty.Member.quarantined(
                        activity.firstSeenMs(), window, confidence(now, activity, baselineState, locked, slice));
            }
            now.put(name, known);
        } else if (known.isUnreported() && isUsed(known, activity, window) && !threats.isListed(activity)) {
            known = Novelty.Member.learned(known.firstMs(), window);
            now.put(name, known);
        } else if (known.isUnreported() && baselineState != BaselineState.LEARNING) {
            known = known.reported(confidence(now, activity, baselineState, locked, slice));
            isFirst = true;
        }
        if (!known.quarantined() || known.isUnreported() || expected) {
            if (known.lastMs() != window) {
                now.put(name, known.seen(window));
            }
            return;
        }
        boolean isFresh = slice.startMs() - known.firstMs() < config.growFor().toMillis();
        if (isFirst || isFresh || known.lastMs() != window) {
            findings.add(finding(activity, name, now, known, baselineState, locked, slice.startMs()));
        }
        now.put(name, known.seen(window));
    }

    private Novelty.Member learned(Activity activity, long window, Scanned scanned) {
        return threats.isListed(activity) || isScanned(activity, scanned)
                ? Novelty.Member.unreported(activity.firstSeenMs(), window)
                : Novelty.Member.learned(activity.firstSeenMs(), window);
    }

    /**
     * True if the flow began while the workload was learned. It may be reported only when it ends, hours later, and is
     * older than much of the baseline.
     */
    private boolean beganInLearning(NoveltyDraft now, Activity activity) {
        return activity.firstSeenMs() - now.sinceMs() < config.learn().toMillis();
    }

    /**
     * True for a single connection of sampled traffic. It may belong to a member that is used rarely and for long, of
     * which no connection was sampled before.
     */
    private boolean isChance(Activity activity) {
        return activity.sampling() > 1 && activity.established() == 1 && !threats.isListed(activity);
    }

    /** True if a member that was not reported is in use: in several windows, or now and then in sampled traffic. */
    private boolean isUsed(Novelty.Member known, Activity activity, long window) {
        boolean isRare = activity.sampling() > 1 && window - known.lastMs() > windowMs();
        return known.windows() >= USED || isRare;
    }

    private boolean isScanned(Activity activity, Scanned scanned) {
        return scope() == DetectorScope.SOURCE && scanned.isScanned(activity);
    }

    /** The source that the finding will have; decisions on the finding are looked up by it. */
    protected Entity source(Activity activity) {
        return activity.source();
    }

    private double confidence(
            NoveltyDraft now, Activity activity, BaselineState baselineState, boolean locked, Slice slice) {
        if (locked) {
            return LOCKED_CONFIDENCE;
        }
        double unseen = now.unseen(slice.startMs(), config.learn().toMillis());
        double confidence = baselineState == BaselineState.STABLE ? STABLE_CONFIDENCE : MOST_CONFIDENCE * (1 - unseen);
        return isOfNewRelease(now, activity, slice.startMs()) ? RELEASE_FACTOR * confidence : confidence;
    }

    private Finding finding(
            Activity activity,
            String name,
            NoveltyDraft now,
            Novelty.Member member,
            BaselineState baselineState,
            boolean locked,
            long nowMs) {
        long known = now.known();
        double unseen = now.unseen(nowMs, config.learn().toMillis());
        Findings finding = finding(activity, name, known)
                .confidence(member.confidence())
                .since(member.firstMs())
                .observed("first_used_ms", member.firstMs())
                .expected("known", known)
                .expected("unseen_expected", Math.round(unseen * 1000) / 1000.0)
                .expected("watched_since_ms", now.sinceMs());
        if (!locked && baselineState == BaselineState.STABLE) {
            finding.caveat("the baseline is not complete yet");
        }
        if (!locked && isOfNewRelease(now, activity, nowMs)) {
            finding.caveat("comes with pods of a new release");
        }
        return finding.build();
    }

    private boolean isOfNewRelease(NoveltyDraft now, Activity activity, long nowMs) {
        List<String> releases = releases(activity);
        double share = RELEASE_SHARE * config.learn().toMillis();
        return !releases.isEmpty()
                && now.releases().size() > 1
                && releases.stream().allMatch(each -> nowMs - now.releases().getOrDefault(each, nowMs) < share);
    }

    /** The names of the ReplicaSets of the activity's pods, as far as they are known; pods of one release share one. */
    private List<String> releases(Activity activity) {
        Entity owner = workload(activity);
        String workload = owner.workload();
        // Each run of a CronJob has a name of its own.
        if (workload == null || "CronJob".equals(owner.workloadKind())) {
            return List.of();
        }
        List<String> releases = new ArrayList<>(1);
        for (String pod : pods(activity)) {
            int dash = pod.lastIndexOf('-');
            if (dash > workload.length()) {
                releases.add(pod.substring(0, dash));
            }
        }
        return releases;
    }

    /** The pod of the activity, or if it has several, those of the samples. */
    private List<String> pods(Activity activity) {
        boolean isSource = scope() == DetectorScope.SOURCE;
        String one = isSource ? activity.source().pod() : activity.destination().pod();
        if (one != null) {
            return List.of(one);
        }
        return activity.samples().stream()
                .map(flow -> isSource ? flow.source().pod() : flow.destination().pod())
                .flatMap(Stream::ofNullable)
                .toList();
    }

    private BaselineState baselineState(Novelty novelty, long nowMs, boolean locked) {
        if (locked) {
            return BaselineState.WATCHING;
        }
        long learn = config.learn().toMillis();
        double unseen = novelty.unseen(nowMs, learn);
        if (nowMs - novelty.sinceMs() < learn
                || (novelty.isOnlyQuarantined() && novelty.windows() < windowsUntilEmptyIsUsual())
                || unseen > config.stableUnseen()) {
            return BaselineState.LEARNING;
        }
        return unseen > config.watchingUnseen() ? BaselineState.STABLE : BaselineState.WATCHING;
    }

    private long windowOf(long ms) {
        return ms - Math.floorMod(ms, windowMs());
    }

    private long windowMs() {
        return Math.max(Activity.SLICE_MS, config.learn().toMillis() / WINDOWS);
    }

    /**
     * True if a window begins, in which the state of the baseline may change, or members are added or quarantined. A
     * baseline of many members is published after a share of them has changed, since all of them are published anew.
     */
    private static boolean isChanged(@Nullable Novelty state, Novelty before, Novelty now) {
        if (!before.equals(state) || now.windowMs() != before.windowMs()) {
            return true;
        }
        if (now.members() == before.members()) {
            return false;
        }
        int step = Math.max(1, now.members().size() / PUBLISHED_STEPS);
        return changes(before) / step != changes(now) / step;
    }

    /** The number of changes of a baseline since it was empty: each member is added, and may be quarantined. */
    private static long changes(Novelty novelty) {
        long changes = novelty.members().size();
        for (Novelty.Member each : novelty.members().values()) {
            changes += each.quarantined() ? 1 : 0;
        }
        return changes;
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
                baselineState(now, nowMs, locked),
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
        return new Baseline.Member(
                entry.getKey(), member.firstMs(), member.lastMs(), member.windows(), member.quarantined());
    }
}
