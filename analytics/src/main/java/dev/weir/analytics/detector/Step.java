package dev.weir.analytics.detector;

import dev.weir.analytics.Finding;
import java.util.List;

/** What a detector makes of a slice: the state to keep, and what it found. */
public record Step<S>(S state, List<Finding> findings) {}
