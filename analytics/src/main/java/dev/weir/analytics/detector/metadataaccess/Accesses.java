package dev.weir.analytics.detector.metadataaccess;

import java.util.Map;

/**
 * What one source accessed.
 *
 * @param sinceMs since when the source is known
 * @param firstMs by place, when first
 * @param reported since when it is a finding, by place
 */
public record Accesses(long sinceMs, Map<String, Long> firstMs, Map<String, Long> reported) {}
