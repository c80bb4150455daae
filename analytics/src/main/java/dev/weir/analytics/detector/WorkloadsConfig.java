package dev.weir.analytics.detector;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The file in which single workloads and namespaces have settings of their own.
 *
 * @param file YAML, see {@link WorkloadSettings}; null for none
 */
public record WorkloadsConfig(@Nullable String file) implements Serializable {
    private static final long serialVersionUID = 1L;
}
