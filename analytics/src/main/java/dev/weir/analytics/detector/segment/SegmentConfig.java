package dev.weir.analytics.detector.segment;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code segment}.
 *
 * @param file YAML with the zones and what may pass between them; null for none
 */
public record SegmentConfig(@Nullable String file) implements Serializable {
    private static final long serialVersionUID = 1L;
}
