package dev.weir.analytics.correlate;

import org.jspecify.annotations.Nullable;

/**
 * The decisions that were made about an alert when it was first seen.
 *
 * @param incident id of its incident
 * @param digest id of the alert that it is folded into; null if it is reported by itself
 * @param lastMs the time it was last seen
 */
public record AlertState(String incident, @Nullable String digest, long lastMs) {}
