package dev.weir.analytics.correlate;

import java.util.List;

/**
 * The open incident of one actor.
 *
 * @param incident id of the incident that the actor's alerts belong to
 * @param lastMs the time its latest alert was last seen
 * @param categories of the alerts of the incident, sorted
 */
public record ActorState(String incident, long lastMs, List<String> categories) {}
