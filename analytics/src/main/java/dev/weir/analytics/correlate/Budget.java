package dev.weir.analytics.correlate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The incidents of one namespace and day.
 *
 * @param told how many were reported
 * @param folded how many alerts began none, since they are folded
 * @param firstMs of those, when the first was first seen
 * @param titles of some of those
 * @param revision of the digest
 */
public record Budget(
        long dayMs,
        @Nullable String namespace,
        int told,
        int folded,
        long firstMs,
        List<String> titles,
        long revision) {}
