package dev.weir.analytics.correlate;

import dev.weir.model.Entity;

/** That somebody got into a workload: by which alert, of which incident, and when. */
public record Entered(Entity by, String alert, String incident, long atMs) {}
