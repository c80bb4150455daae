package dev.weir.common;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map of bounded size; the least recently used entry is removed when the bound is exceeded. */
public final class LruMap<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    private final int most;
    private long evicted;

    /**
     * Creates an empty map.
     *
     * @param most entries
     */
    public LruMap(int most) {
        super(16, 0.75f, true);
        this.most = most;
    }

    /** Returns the number of entries that were removed since the bound was exceeded. */
    public long evicted() {
        return evicted;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        boolean isFull = size() > most;
        evicted += isFull ? 1 : 0;
        return isFull;
    }
}
