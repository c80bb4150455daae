package dev.weir.analytics.correlate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The incidents of one namespace and day.
 *
 * @param reported the number of incidents that were reported
 * @param folded the number of alerts that began none, since they are folded
 * @param firstMs the time the first of those was first seen
 * @param titles of some of those
 * @param revision of the digest
 */
public record Budget(
        long dayMs,
        @Nullable String namespace,
        int reported,
        int folded,
        long firstMs,
        List<String> titles,
        long revision) {}
