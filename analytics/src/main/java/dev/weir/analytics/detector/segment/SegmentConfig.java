package dev.weir.analytics.detector.segment;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code segment}.
 *
 * @param file YAML with the zones and the traffic that is allowed between them; null for none
 */
public record SegmentConfig(@Nullable String file) implements Serializable {
    private static final long serialVersionUID = 1L;
}
