package dev.weir.analytics.operator;

import org.apache.flink.api.common.state.MapState;

/** Opens the map states of an operator. */
interface MapStates {
    /** Opens the state of a name, which is unique within the operator. */
    <T> MapState<String, T> open(String name, Class<T> type);
}
