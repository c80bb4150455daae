package dev.weir.analytics.detector.flood;

import dev.weir.analytics.detector.Rates;

/**
 * What comes to one destination.
 *
 * @param sinceMs since when it is known
 * @param rates by port and kind
 */
public record Served(long sinceMs, Rates rates) {}
