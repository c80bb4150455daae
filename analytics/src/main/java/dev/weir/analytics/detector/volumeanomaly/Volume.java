package dev.weir.analytics.detector.volumeanomaly;

/**
 * The volume of one edge.
 *
 * @param sinceMs since when the edge is watched
 * @param stepMs the five minutes being added up
 * @param bytes in them so far
 */
public record Volume(long sinceMs, long stepMs, long bytes, Series series) {}
