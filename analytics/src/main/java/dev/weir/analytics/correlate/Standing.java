package dev.weir.analytics.correlate;

import org.jspecify.annotations.Nullable;

/** What was concluded about an alert when it was first seen. */
public record Standing(String incident, @Nullable String digest, long lastMs) {}
