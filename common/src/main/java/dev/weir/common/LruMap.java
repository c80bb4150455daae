package dev.weir.common;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map of bounded size; the least recently used entry is removed when the bound is exceeded. */
public final class LruMap<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    private final int most;

    /**
     * Creates an empty map.
     *
     * @param most entries
     */
    public LruMap(int most) {
        super(16, 0.75f, true);
        this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
    }
}
