package dev.weir.analytics.correlate;

import dev.weir.analytics.Finding;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.Feedback;
import dev.weir.model.Severity;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What alerts have to do with each other, and which of them somebody is told of. Pure functions; what is remembered is
 * handed in.
 */
public final class AlertGrouping {
    /** The detector that names a chain. */
    public static final String LATERAL_MOVEMENT = "lateral-movement";

    public static final String DIGEST = "digest";

    private static final long DAY_MS = 86_400_000;
    private static final int MAX_TITLES = 10;
    /** So many tactics in one incident are no coincidence. */
    private static final int WIDE = 3;

    /** Alerts that say that somebody may have got into the destination. */
    private static final Set<String> ENTERING =
            Set.of("new-edge", "brute-force", "remote-services", "policy-bypass", "metadata-access", "segment");

    /** Alerts after which whoever has been entered is moving on. */
    private static final Set<String> MOVING = Set.of(
            "new-edge",
            "new-external",
            "remote-services",
            "brute-force",
            "port-scan",
            "host-sweep",
            "slow-scan",
            "policy-bypass",
            "policy-denied",
            "metadata-access",
            "exfiltration",
            "c2-channel",
            "beaconing");

    private static final Set<String> NO_TACTIC = Set.of("policy", "baseline", "posture");

    private AlertGrouping() {}

    /** The incident of an actor's new alert: the one it is part of, the one that led to it, or one of its own. */
    public static String incident(
            Alert alert, @Nullable Actor actor, @Nullable Entered entered, IncidentsConfig config) {
        if (actor != null
                && alert.firstSeenMs() - actor.lastMs() <= config.window().toMillis()) {
            return actor.incident();
        }
        if (entered != null && isFollowing(alert, entered, config)) {
            return entered.incident();
        }
        return Finding.fingerprint("incident", alert.cluster(), alert.actor(), Long.toString(dayOf(alert)));
    }

    /** Whether the actor was got into shortly before. */
    public static boolean isFollowing(Alert alert, Entered entered, IncidentsConfig config) {
        return alert.firstSeenMs() >= entered.atMs()
                && alert.firstSeenMs() - entered.atMs() <= config.chain().toMillis();
    }

    /** Whether the alert says that its actor may have got into its destination. */
    public static boolean isEntering(Alert alert) {
        Entity destination = alert.destination();
        return ENTERING.contains(alert.detector())
                && destination != null
                && !destination.key().equals(Entity.UNNAMED)
                && !destination.key().equals(alert.actor().key())
                && !destination.isExternal();
    }

    public static boolean isMoving(Alert alert) {
        return MOVING.contains(alert.detector());
    }

    /** The actor after one more alert. */
    public static Actor grown(@Nullable Actor actor, String incident, Alert alert) {
        TreeSet<String> categories = new TreeSet<>();
        long last = alert.lastSeenMs();
        if (actor != null && actor.incident().equals(incident)) {
            categories.addAll(actor.categories());
            last = Math.max(last, actor.lastMs());
        }
        categories.add(alert.category());
        return new Actor(incident, last, List.copyOf(categories));
    }

    /** An alert of an incident that is wide is worse than by itself. */
    public static Alert escalated(Alert alert, Actor actor) {
        long tactics = actor.categories().stream()
                .filter(each -> !NO_TACTIC.contains(each))
                .count();
        if (tactics < WIDE || alert.severity() == Severity.CRITICAL || NO_TACTIC.contains(alert.category())) {
            return alert;
        }
        return alert.with(alert.revision(), Severity.values()[alert.severity().ordinal() + 1]);
    }

    /** The alert that names a chain: somebody got into a workload, and that one moves on. */
    public static Alert chain(Alert alert, Entered entered, String incident, long revision, long count) {
        Entity middle = alert.actor();
        Entity from = entered.by();
        return new Alert(
                chainId(alert, entered),
                LATERAL_MOVEMENT,
                revision,
                LATERAL_MOVEMENT,
                Severity.of(Severity.CRITICAL, chainConfidence(count)),
                chainConfidence(count),
                from.display() + " got into " + middle.display() + ", which moves on",
                from.display() + " got into " + middle.display() + " (alert " + entered.alert() + "), and "
                        + (alert.firstSeenMs() - entered.atMs()) / 60_000 + " minutes later came: " + alert.title()
                        + " (alert " + alert.id() + ").",
                entered.atMs(),
                alert.lastSeenMs(),
                count,
                from,
                middle,
                List.of(),
                null,
                alert.cluster(),
                List.of("T1021", "T1570"),
                new Evidence(
                        Map.of("alerts_after", (double) count),
                        Map.of("alerts_after", 0.0),
                        alert.evidence().flows(),
                        alert.evidence().caveats()),
                null,
                incident,
                null,
                null);
    }

    /** The id of the alert that names a chain. */
    public static String chainId(Alert alert, Entered entered) {
        return Finding.fingerprint(
                LATERAL_MOVEMENT, alert.cluster(), entered.by(), alert.actor().key());
    }

    private static double chainConfidence(long count) {
        return Math.min(0.95, 0.6 + 0.15 * (count - 1));
    }

    /** Which decision silences an alert; null for none. */
    public static @Nullable String suppressedBy(Alert alert, Collection<Feedback> decisions) {
        Entity actor = alert.actor();
        return decisions.stream()
                .filter(each -> each.holdsAt(alert.lastSeenMs()))
                .filter(each -> switch (each.action()) {
                    case EXPECTED -> alert.id().equals(each.alert());
                    case SUPPRESS ->
                        (each.detector() == null || each.detector().equals(alert.detector()))
                                && (each.alert() == null || each.alert().equals(alert.id()))
                                && each.isAbout(alert.cluster(), actor);
                    case NOT_EXPECTED, RELEARN, LOCK, UNDO -> false;
                })
                .map(Feedback::id)
                .sorted()
                .findFirst()
                .orElse(null);
    }

    // The budget

    public static long dayOf(Alert alert) {
        return Math.floorDiv(alert.firstSeenMs(), DAY_MS) * DAY_MS;
    }

    public static Budget fresh(Alert alert) {
        return new Budget(dayOf(alert), alert.namespace(), 0, 0, Long.MAX_VALUE, List.of(), 0);
    }

    /** Whether it is too uncertain, or the namespace has had enough of the like. */
    public static boolean isFolded(Alert alert, Budget budget, IncidentsConfig config) {
        double below = budget.told() >= config.budget() ? config.foldBelow() : config.foldAlwaysBelow();
        return isUncertain(alert, below);
    }

    /** Whether neither confidence nor severity calls for somebody to be told. */
    public static boolean isUncertain(Alert alert, double below) {
        return alert.confidence() < below && alert.severity().compareTo(Severity.HIGH) < 0;
    }

    // Alerts that are alike

    /** The id of the alert that those alerts of an incident share which are beyond a handful of one technique. */
    public static String alikeId(Alert alert, String incident) {
        return Finding.fingerprint("alike", alert.cluster(), alert.actor(), Alike.key(incident, alert));
    }

    /** The alert that stands for those that are folded, by the latest of them. */
    public static Alert alike(Alert latest, String incident, Alike alike) {
        String who = latest.actor().display();
        String detectors = String.join(", ", alike.detectors());
        return new Alert(
                alikeId(latest, incident),
                latest.detector(),
                alike.revision(),
                latest.category(),
                alike.severity(),
                alike.confidence(),
                alike.folded() + " further alerts of " + who + " (" + detectors + ")",
                who + " has " + alike.folded() + " further alerts of the same technique in this incident (" + detectors
                        + "), beside " + alike.told() + " that were reported one by one. The latest: " + latest.title()
                        + " (alert " + latest.id() + ").",
                alike.firstMs(),
                alike.lastMs(),
                alike.folded(),
                latest.actor(),
                Entity.unnamed(),
                List.of(),
                latest.protocol(),
                latest.cluster(),
                latest.techniques(),
                new Evidence(
                        Map.of("alerts_folded", (double) alike.folded(), "alerts_reported", (double) alike.told()),
                        Map.of("alerts_reported_at_most", (double) alike.told()),
                        latest.evidence().flows(),
                        List.of()),
                null,
                incident,
                null,
                null);
    }

    public static Budget told(Budget budget) {
        return new Budget(
                budget.dayMs(),
                budget.namespace(),
                budget.told() + 1,
                budget.folded(),
                budget.firstMs(),
                budget.titles(),
                budget.revision());
    }

    public static Budget folded(Budget budget, Alert alert) {
        List<String> titles = new ArrayList<>(budget.titles());
        if (titles.size() < MAX_TITLES) {
            titles.add(alert.title());
        }
        return new Budget(
                budget.dayMs(),
                budget.namespace(),
                budget.told(),
                budget.folded() + 1,
                Math.min(budget.firstMs(), alert.firstSeenMs()),
                titles,
                budget.revision() + 1);
    }

    /** The id of the digest that a budget's alerts are folded into. */
    public static String digestId(@Nullable String cluster, Budget budget) {
        return Finding.fingerprint(DIGEST, cluster, Entity.unnamed(), budget.namespace() + "@" + budget.dayMs());
    }

    /** The alert that stands for all that were folded. */
    public static Alert digest(Alert latest, Budget budget, IncidentsConfig config) {
        String whose = budget.namespace() == null ? "no namespace" : "namespace " + budget.namespace();
        LocalDate day =
                Instant.ofEpochMilli(budget.dayMs()).atZone(ZoneOffset.UTC).toLocalDate();
        String more = budget.folded() > budget.titles().size() ? "; and others" : "";
        return new Alert(
                digestId(latest.cluster(), budget),
                DIGEST,
                budget.revision(),
                "posture",
                Severity.LOW,
                config.foldBelow(),
                budget.folded() + " further alerts of " + whose + " on " + day,
                whose + " wants " + config.budget() + " incidents a day at most and had " + budget.told() + " on " + day
                        + "; these of low confidence were folded: " + String.join("; ", budget.titles()) + more + ".",
                budget.firstMs(),
                latest.lastSeenMs(),
                budget.folded(),
                new Entity(budget.namespace(), null, null, null, null, null, null, null),
                null,
                List.of(),
                null,
                latest.cluster(),
                List.of(),
                new Evidence(
                        Map.of("alerts_folded", (double) budget.folded(), "incidents_reported", (double) budget.told()),
                        Map.of("incidents_reported_at_most", (double) config.budget()),
                        List.of(),
                        List.of()),
                null,
                null,
                null,
                null);
    }
}
