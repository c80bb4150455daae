package dev.weir.analytics.operator;

import dev.weir.analytics.correlate.ActorState;
import dev.weir.analytics.correlate.AlertGrouping;
import dev.weir.analytics.correlate.AlertState;
import dev.weir.analytics.correlate.CompromisedHost;
import dev.weir.analytics.correlate.IncidentsConfig;
import dev.weir.common.Millis;
import dev.weir.model.Alert;
import org.apache.flink.api.common.state.MapState;
import org.jspecify.annotations.Nullable;

/** Assigns each alert of a cluster to an incident: its actor's, or the one in which its actor was compromised. */
final class IncidentGrouping {

    private final IncidentsConfig config;

    /** The open incident of each actor, by its key. */
    private final MapState<String, ActorState> actors;

    /** Hosts that may be compromised, by the key of the entity. */
    private final MapState<String, CompromisedHost> compromised;

    /** The decisions about each alert, by its id. */
    private final MapState<String, AlertState> alerts;

    IncidentGrouping(IncidentsConfig config, MapStates states) {
        this.config = config;
        actors = states.open("actors", ActorState.class);
        compromised = states.open("compromised", CompromisedHost.class);
        alerts = states.open("alerts", AlertState.class);
    }

    /**
     * The place of an alert among the others.
     *
     * @param incident id of its incident
     * @param isKnown true if an earlier revision was placed
     * @param digest id of the alert that the earlier revision was folded into; null for none
     * @param graded the alert with the severity that it has in its incident
     */
    record Placement(
            String incident, boolean isKnown, @Nullable String digest, Alert graded) {}

    /** The incident that a new alert would belong to, as far as alerts are known. */
    String provisional(Alert alert) throws Exception {
        String actor = alert.actor().key();
        return AlertGrouping.incident(alert, actors.get(actor), compromised.get(actor), config);
    }

    /** Places an alert and counts it for its actor. */
    Placement place(Alert alert) throws Exception {
        AlertState before = alerts.get(alert.id());
        boolean isKnown = before != null && alert.revision() > 1;
        String incident = isKnown ? before.incident() : provisional(alert);
        String key = alert.actor().key();
        ActorState actor = AlertGrouping.grown(actors.get(key), incident, alert);
        actors.put(key, actor);
        return new Placement(
                incident, isKnown, isKnown ? before.digest() : null, AlertGrouping.escalated(alert, actor));
    }

    /** The decisions about an alert; null for a new one. */
    @Nullable AlertState state(String id) throws Exception {
        return alerts.get(id);
    }

    void remember(String id, AlertState state) throws Exception {
        alerts.put(id, state);
    }

    /** The alert that suggests that an alert's actor is compromised; null for none. */
    @Nullable CompromisedHost compromisedBefore(Alert alert) throws Exception {
        return compromised.get(alert.actor().key());
    }

    /** Marks the destination of an alert as compromised, if the alert suggests it. */
    void compromise(Alert alert, String incident) throws Exception {
        if (alert.destination() != null && AlertGrouping.isEntering(alert)) {
            compromised.put(
                    alert.destination().key(),
                    new CompromisedHost(alert.actor().withoutPod(), alert.id(), incident, alert.firstSeenMs()));
        }
    }

    /** True if no alert is remembered. */
    boolean isEmpty() throws Exception {
        return alerts.isEmpty();
    }

    /** Removes alerts and actors from before {@code horizonMs}, and hosts that no alert can follow any more. */
    void removeOld(Retention retention, long nowMs, long horizonMs) throws Exception {
        retention.removeOld(alerts, AlertState::lastMs, horizonMs);
        retention.removeOld(actors, ActorState::lastMs, horizonMs);
        retention.removeOld(
                compromised,
                CompromisedHost::atMs,
                nowMs - Millis.DAY - config.chain().toMillis());
    }
}
