package dev.weir.analytics.operator;

/**
 * A value of {@code weir.flows} as it came, with where it came from. It is decoded once, by the judge.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RawFlow(byte[] value, int partition, long offset) {}
