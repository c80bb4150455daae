package dev.weir.analytics.correlate;

import java.util.List;

/**
 * Whoever has alerts.
 *
 * @param incident that they belong to
 * @param lastMs when the latest was last seen
 * @param categories of the alerts of the incident, sorted
 */
public record Actor(String incident, long lastMs, List<String> categories) {}
