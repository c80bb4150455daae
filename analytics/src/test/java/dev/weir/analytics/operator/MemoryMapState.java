package dev.weir.analytics.operator;

import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;
import org.jspecify.annotations.Nullable;

/** A map state of one Flink key, in memory and in order. */
final class MemoryMapState<K, V> implements MapState<K, V> {
    private final Map<K, V> entries;

    MemoryMapState() {
        entries = new TreeMap<>();
    }

    MemoryMapState(Comparator<K> order) {
        entries = new TreeMap<>(order);
    }

    /** The states of one operator. */
    static MapStates states() {
        return new MapStates() {
            @Override
            public <T> MapState<String, T> open(String name, Class<T> type) {
                return new MemoryMapState<>();
            }
        };
    }

    int size() {
        return entries.size();
    }

    @Override
    public @Nullable V get(K key) {
        return entries.get(key);
    }

    @Override
    public void put(K key, V value) {
        entries.put(key, value);
    }

    @Override
    public void putAll(Map<K, V> map) {
        entries.putAll(map);
    }

    @Override
    public void remove(K key) {
        entries.remove(key);
    }

    @Override
    public boolean contains(K key) {
        return entries.containsKey(key);
    }

    @Override
    public Iterable<Map.Entry<K, V>> entries() {
        return entries.entrySet();
    }

    @Override
    public Iterable<K> keys() {
        return entries.keySet();
    }

    @Override
    public Iterable<V> values() {
        return entries.values();
    }

    @Override
    public Iterator<Map.Entry<K, V>> iterator() {
        return entries.entrySet().iterator();
    }

    @Override
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    @Override
    public void clear() {
        entries.clear();
    }
}
