package dev.weir.analytics.detector.flood;

import dev.weir.analytics.detector.Rates;

/**
 * The load of one destination.
 *
 * @param sinceMs the time since which the destination is known
 * @param rates by port and measure
 */
public record LoadState(long sinceMs, Rates rates) {}
