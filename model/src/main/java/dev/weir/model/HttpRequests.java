package dev.weir.model;

/**
 * The HTTP requests of one edge and slice, where the exporter sees them.
 *
 * @param failed requests answered with a status of 400 to 499
 * @param paths Apache DataSketches' compact theta sketch of the distinct paths, at most 64 entries
 */
public record HttpRequests(long requests, long failed, byte[] paths) {}
