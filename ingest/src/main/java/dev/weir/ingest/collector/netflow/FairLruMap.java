package dev.weir.ingest.collector.netflow;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A map of bounded size that addresses share. An address with too many entries loses the one with its oldest use. If
 * there are too many in total, the address with the most entries loses one; of several such addresses, the one used
 * longest ago. So one address cannot evict the entries of others. For one thread.
 */
final class FairLruMap<K, V> {
    private final int most;
    private final int mostOfAddress;
    private final Map<String, LinkedHashMap<K, V>> entries = new HashMap<>();
    /** Addresses by their number of entries; of those with the same number, the one used longest ago is first. */
    private final NavigableMap<Integer, Set<String>> addresses = new TreeMap<>();

    private int size;

    /**
     * An entry that was evicted for another one.
     *
     * @param address owner of the entry
     * @param bound the bound that was reached
     */
    record Evicted(String address, Bound bound) {}

    /** The bounds of the map. */
    enum Bound {
        /** Entries of one address. */
        ADDRESS("address"),
        /** Entries of all addresses together. */
        ALL("all");

        private final String label;

        Bound(String label) {
            this.label = label;
        }

        /** Returns the bound's label in metrics. */
        String label() {
            return label;
        }
    }

    /**
     * Creates an empty map.
     *
     * @param most entries in total
     * @param mostOfAddress entries of one address
     */
    FairLruMap(int most, int mostOfAddress) {
        this.most = most;
        this.mostOfAddress = mostOfAddress;
    }

    @Nullable V get(String address, K key) {
        LinkedHashMap<K, V> own = entries.get(address);
        V value = own == null ? null : own.get(key);
        if (own != null && value != null) {
            move(address, own.size(), own.size());
        }
        return value;
    }

    /** Adds or replaces an entry; returns the entry evicted for it, if any. */
    @Nullable Evicted put(String address, K key, V value) {
        LinkedHashMap<K, V> own = entries.computeIfAbsent(address, any -> new LinkedHashMap<>(4, 0.75f, true));
        int before = own.size();
        own.put(key, value);
        size += own.size() - before;
        move(address, before, own.size());
        if (own.size() > mostOfAddress) {
            return evict(address, Bound.ADDRESS);
        }
        if (size > most) {
            return evict(addresses.lastEntry().getValue().iterator().next(), Bound.ALL);
        }
        return null;
    }

    int size() {
        return size;
    }

    private Evicted evict(String address, Bound bound) {
        LinkedHashMap<K, V> own = entries.get(address);
        if (own == null) {
            throw new IllegalStateException(address + " has no entries");
        }
        Iterator<K> eldest = own.keySet().iterator();
        eldest.next();
        eldest.remove();
        size--;
        move(address, own.size() + 1, own.size());
        if (own.isEmpty()) {
            entries.remove(address);
        }
        return new Evicted(address, bound);
    }

    /** Moves an address after those with as many entries; an address without entries is in none of the sets. */
    private void move(String address, int before, int after) {
        Set<String> old = addresses.get(before);
        if (old != null) {
            old.remove(address);
            if (old.isEmpty() && after != before) {
                addresses.remove(before);
            }
        }
        if (after > 0) {
            addresses.computeIfAbsent(after, any -> new LinkedHashSet<>()).add(address);
        }
    }
}
