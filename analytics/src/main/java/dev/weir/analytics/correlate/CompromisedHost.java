package dev.weir.analytics.correlate;

import dev.weir.model.Entity;

/**
 * A workload that an alert suggests is compromised.
 *
 * @param by the actor of that alert
 * @param alert id of the alert
 * @param incident id of its incident
 * @param atMs the time the alert was first seen
 */
public record CompromisedHost(Entity by, String alert, String incident, long atMs) {}
