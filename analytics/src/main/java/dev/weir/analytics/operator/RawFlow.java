package dev.weir.analytics.operator;

import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * A value of {@code weir.flows} as it came, with where it came from. It is decoded once, by the judge.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RawFlow(byte[] value, int partition, long offset) {
    public static final TypeInformation<RawFlow> TYPE = new RawFlowType();
}
