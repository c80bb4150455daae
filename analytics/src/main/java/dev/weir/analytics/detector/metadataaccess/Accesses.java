package dev.weir.analytics.detector.metadataaccess;

import java.util.Map;

/**
 * The sensitive places that one source accessed.
 *
 * @param sinceMs the time since which the source is known
 * @param firstMs the first access, by place
 * @param reported the time of the first finding, by place
 */
public record Accesses(long sinceMs, Map<String, Long> firstMs, Map<String, Long> reported) {}
