package dev.weir.analytics.correlate;

import dev.weir.analytics.Finding;
import dev.weir.analytics.FindingBuilder;
import dev.weir.analytics.detector.Detectors;
import dev.weir.analytics.detector.LateralRole;
import dev.weir.analytics.judge.PolicyOutcome;
import dev.weir.common.Millis;
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
 * Groups alerts into incidents and decides which are reported by themselves. Pure functions over state that is passed
 * in.
 */
public final class AlertGrouping {
    private static final int MAX_TITLES = 10;
    /** The number of tactics in one incident from which its alerts are escalated. */
    private static final int WIDE = 3;

    private static final Set<String> ENTERING = withRole(LateralRole.ENTERING);
    private static final Set<String> MOVING = withRole(LateralRole.MOVING);

    private static final Set<String> NO_TACTIC = Set.of("policy", "baseline", "posture");

    private AlertGrouping() {}

    private static Set<String> withRole(LateralRole role) {
        Set<String> detectors = new TreeSet<>(Detectors.withRole(role));
        for (PolicyOutcome outcome : PolicyOutcome.values()) {
            if (outcome.roles().contains(role)) {
                detectors.add(outcome.id());
            }
        }
        return detectors;
    }

    /**
     * The incident of an actor's new alert: the actor's open one, else the one in which the actor was compromised, else
     * a new one.
     */
    public static String incident(
            Alert alert, @Nullable ActorState actor, @Nullable CompromisedHost compromised, IncidentsConfig config) {
        if (actor != null
                && alert.firstSeenMs() - actor.lastMs() <= config.window().toMillis()) {
            return actor.incident();
        }
        if (compromised != null && isFollowing(alert, compromised, config)) {
            return compromised.incident();
        }
        return Finding.fingerprint("incident", alert.cluster(), alert.actor(), Long.toString(dayOf(alert)));
    }

    /** True if the actor was compromised shortly before the alert. */
    public static boolean isFollowing(Alert alert, CompromisedHost compromised, IncidentsConfig config) {
        return alert.firstSeenMs() >= compromised.atMs()
                && alert.firstSeenMs() - compromised.atMs() <= config.chain().toMillis();
    }

    /** True if the alert suggests that its actor has compromised its destination. */
    public static boolean isEntering(Alert alert) {
        Entity destination = alert.destination();
        return ENTERING.contains(alert.detector())
                && destination != null
                && !destination.key().equals(Entity.UNNAMED)
                && !destination.key().equals(alert.actor().key())
                && !destination.isExternal();
    }

    /** True if the alert suggests that its actor moves on, if it is compromised. */
    public static boolean isMoving(Alert alert) {
        return MOVING.contains(alert.detector());
    }

    /** The actor's state after one more alert. */
    public static ActorState grown(@Nullable ActorState actor, String incident, Alert alert) {
        TreeSet<String> categories = new TreeSet<>();
        long last = alert.lastSeenMs();
        if (actor != null && actor.incident().equals(incident)) {
            categories.addAll(actor.categories());
            last = Math.max(last, actor.lastMs());
        }
        categories.add(alert.category());
        return new ActorState(incident, last, List.copyOf(categories));
    }

    /** The alert, one severity higher if its incident has several tactics. */
    public static Alert escalated(Alert alert, ActorState actor) {
        long tactics = actor.categories().stream()
                .filter(each -> !NO_TACTIC.contains(each))
                .count();
        if (tactics < WIDE || alert.severity() == Severity.CRITICAL || NO_TACTIC.contains(alert.category())) {
            return alert;
        }
        return alert.with(alert.revision(), Severity.values()[alert.severity().ordinal() + 1]);
    }

    /** The alert that names a chain: a workload was compromised, and that workload moves on. */
    public static Alert chain(Alert alert, CompromisedHost compromised, String incident, long revision, long count) {
        Entity middle = alert.actor();
        Entity from = compromised.by();
        return new FindingBuilder(Alert.LATERAL_MOVEMENT)
                .category(Alert.LATERAL_MOVEMENT)
                .severity(Severity.of(Severity.CRITICAL, chainConfidence(count)))
                .confidence(chainConfidence(count))
                .title(from.display() + " reached " + middle.display() + " and moved on from there")
                .summary(from.display() + " reached " + middle.display() + " (alert " + compromised.alert() + "), and "
                        + (alert.firstSeenMs() - compromised.atMs()) / Millis.MINUTE + " minutes later came: "
                        + alert.title()
                        + " (alert " + alert.id() + ").")
                .firstSeenMs(compromised.atMs())
                .lastSeenMs(alert.lastSeenMs())
                .count(count)
                .source(from)
                .destination(middle)
                .cluster(alert.cluster())
                .techniques(List.of("T1021", "T1570"))
                .evidence(new Evidence(
                        Map.of("alerts_after", (double) count),
                        Map.of("alerts_after", 0.0),
                        alert.evidence().flows(),
                        alert.evidence().caveats()))
                .buildAlert(chainId(alert, compromised), revision, incident);
    }

    /** The id of the alert that names a chain. */
    public static String chainId(Alert alert, CompromisedHost compromised) {
        return Finding.fingerprint(
                Alert.LATERAL_MOVEMENT,
                alert.cluster(),
                compromised.by(),
                alert.actor().key());
    }

    private static double chainConfidence(long count) {
        return Math.min(0.95, 0.6 + 0.15 * (count - 1));
    }

    /** The id of the decision that suppresses an alert; null for none. */
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

    // Budget

    /** The start of the alert's day in UTC, in ms. */
    public static long dayOf(Alert alert) {
        return Math.floorDiv(alert.firstSeenMs(), Millis.DAY) * Millis.DAY;
    }

    /** The unused budget of the alert's namespace and day. */
    public static Budget fresh(Alert alert) {
        return new Budget(dayOf(alert), alert.namespace(), 0, 0, Long.MAX_VALUE, List.of(), 0);
    }

    /** True if the alert is too uncertain to be reported within the rest of the budget. */
    public static boolean isFolded(Alert alert, Budget budget, IncidentsConfig config) {
        double below = budget.reported() >= config.budget() ? config.foldBelow() : config.foldAlwaysBelow();
        return isUncertain(alert, below);
    }

    /** True if the alert has neither the confidence nor the severity to be reported by itself. */
    public static boolean isUncertain(Alert alert, double below) {
        return alert.confidence() < below && alert.severity().compareTo(Severity.HIGH) < 0;
    }

    // Alerts of one technique

    /**
     * The id of the shared alert, which stands for the alerts of one incident and technique that are beyond {@code
     * alike}.
     */
    public static String alikeId(Alert alert, String incident) {
        return Finding.fingerprint("alike", alert.cluster(), alert.actor(), TechniqueGroup.key(incident, alert));
    }

    /** The shared alert, with the text of the latest of the alerts that are folded into it. */
    public static Alert alike(Alert latest, String incident, TechniqueGroup group) {
        String actor = latest.actor().display();
        String detectors = String.join(", ", group.detectors());
        return new FindingBuilder(latest.detector())
                .category(latest.category())
                .severity(group.severity())
                .confidence(group.confidence())
                .title(counted(group.folded(), "further alert") + " of " + actor + " (" + detectors + ")")
                .summary(actor + " has " + counted(group.folded(), "further alert")
                        + " of the same technique in this incident ("
                        + detectors + "), beside " + group.reported() + " that were reported one by one. The latest: "
                        + latest.title() + " (alert " + latest.id() + ").")
                .firstSeenMs(group.firstMs())
                .lastSeenMs(group.lastMs())
                .count(group.folded())
                .source(latest.actor())
                .destination(Entity.unnamed())
                .protocol(latest.protocol())
                .cluster(latest.cluster())
                .techniques(latest.techniques())
                .evidence(new Evidence(
                        Map.of("alerts_folded", (double) group.folded(), "alerts_reported", (double) group.reported()),
                        Map.of("alerts_reported_at_most", (double) group.reported()),
                        latest.evidence().flows(),
                        List.of()))
                .buildAlert(alikeId(latest, incident), group.revision(), incident);
    }

    public static Budget reported(Budget budget) {
        return new Budget(
                budget.dayMs(),
                budget.namespace(),
                budget.reported() + 1,
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
                budget.reported(),
                budget.folded() + 1,
                Math.min(budget.firstMs(), alert.firstSeenMs()),
                titles,
                budget.revision() + 1);
    }

    /** The id of the digest that a budget's alerts are folded into. */
    public static String digestId(@Nullable String cluster, Budget budget) {
        return Finding.fingerprint(Alert.DIGEST, cluster, Entity.unnamed(), budget.namespace() + "@" + budget.dayMs());
    }

    /** The digest of all alerts that were folded, by the latest of them. */
    public static Alert digest(Alert latest, Budget budget, IncidentsConfig config) {
        String whose = budget.namespace() == null ? "ends without a namespace" : "namespace " + budget.namespace();
        String limit = budget.reported() < config.budget()
                ? "fewer than the " + config.budget() + " that it reports in a day at most"
                : "the most that it reports in a day";
        LocalDate day =
                Instant.ofEpochMilli(budget.dayMs()).atZone(ZoneOffset.UTC).toLocalDate();
        String more = budget.folded() > budget.titles().size() ? "; and others" : "";
        return new FindingBuilder(Alert.DIGEST)
                .category("posture")
                .confidence(config.foldBelow())
                .title(counted(budget.folded(), "further alert") + " of " + whose + " on " + day)
                .summary("Weir reported " + counted(budget.reported(), "incident") + " of " + whose + " on " + day
                        + ", " + limit
                        + ". These alerts were not reported singly because their confidence is low: "
                        + String.join("; ", budget.titles()) + more + ".")
                .firstSeenMs(budget.firstMs())
                .lastSeenMs(latest.lastSeenMs())
                .count(budget.folded())
                .source(new Entity(budget.namespace(), null, null, null, null, null, null, null))
                .cluster(latest.cluster())
                .evidence(new Evidence(
                        Map.of("alerts_folded", (double) budget.folded(), "incidents_reported", (double)
                                budget.reported()),
                        Map.of("incidents_reported_at_most", (double) config.budget()),
                        List.of(),
                        List.of()))
                .buildAlert(digestId(latest.cluster(), budget), budget.revision(), null);
    }

    private static String counted(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
