package dev.weir.model;

/**
 * The HTTP requests of one edge and slice, where the exporter sees them.
 *
 * @param failed requests answered with a status of 400 to 499
 * @param unauthorized those of them with the status 401 or 403, by which a server refuses credentials
 * @param paths Apache DataSketches' compact theta sketch of the distinct paths, at most 64 entries
 */
public record HttpRequests(long requests, long failed, long unauthorized, byte[] paths) {}
