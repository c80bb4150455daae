package dev.weir.analytics.operator;

import org.apache.flink.api.common.state.MapState;

/** Opens the map states of an operator. */
interface MapStates {
    /** The state of a name; of an operator's other states each has another. */
    <T> MapState<String, T> open(String name, Class<T> type);
}
