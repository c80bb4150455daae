package dev.weir.analytics.operator;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The states of keys. Those used last are live objects, up to a bound; before them is Flink's state, which has one value
 * for each key. A changed state is written there when it makes room for others, and with each checkpoint. For one
 * thread.
 */
final class KeyStates {
    /** The size that a state counts before it is first encoded, in bytes. */
    private static final int NEW_WEIGHT = 256;

    /** The number of changes after which a state is encoded to see how large it has become. */
    private static final int WEIGH_AFTER = 64;

    private final KeyStateCodec codec;
    private final Store store;
    private final long maxBytes;
    private final LinkedHashMap<String, Entry> live = new LinkedHashMap<>(1024, 0.75f, true);
    private long bytes;
    private long reads;
    private long writes;

    /** Flink's state. */
    interface Store {
        /** The value of a key; null for none. */
        byte @Nullable [] read(String key) throws Exception;

        /** Sets the value of a key. */
        void write(String key, byte[] value) throws Exception;

        /** Removes the value of a key. */
        void remove(String key) throws Exception;
    }

    private static final class Entry {
        private final KeyState state;
        private int counted;

        private Entry(KeyState state) {
            this.state = state;
        }
    }

    /**
     * Creates an empty memory.
     *
     * @param maxBytes the most bytes of live states, by their encoded size; their objects take several times as much
     */
    KeyStates(KeyStateCodec codec, Store store, long maxBytes) {
        this.codec = codec;
        this.store = store;
        this.maxBytes = maxBytes;
    }

    /** The state of a key; null if it has none. */
    @Nullable KeyState find(String key) throws Exception {
        Entry entry = live.get(key);
        if (entry != null) {
            if (entry.state.changes() >= WEIGH_AFTER) {
                write(key, entry.state);
                count(entry);
            }
            return entry.state;
        }
        byte[] value = store.read(key);
        reads++;
        return value == null ? null : keep(key, codec.decode(value));
    }

    /** Adds the state of a key that had none. */
    void add(String key, KeyState state) throws Exception {
        keep(key, state);
    }

    /** Removes the state of a key. */
    void remove(String key) throws Exception {
        Entry entry = live.remove(key);
        if (entry != null) {
            bytes -= entry.counted;
        }
        store.remove(key);
    }

    /** Writes all changed states. */
    void flush() throws Exception {
        for (Map.Entry<String, Entry> each : live.entrySet()) {
            if (each.getValue().state.isChanged()) {
                write(each.getKey(), each.getValue().state);
                count(each.getValue());
            }
        }
    }

    /** The number of live states. */
    int size() {
        return live.size();
    }

    /** The number of states that were looked for in Flink's state. */
    long reads() {
        return reads;
    }

    /** The number of states that were written to Flink's state. */
    long writes() {
        return writes;
    }

    private KeyState keep(String key, KeyState state) throws Exception {
        Entry entry = new Entry(state);
        count(entry);
        live.put(key, entry);
        Iterator<Map.Entry<String, Entry>> oldest = live.entrySet().iterator();
        while (bytes > maxBytes && live.size() > 1) {
            Map.Entry<String, Entry> out = oldest.next();
            if (out.getValue().state.isChanged()) {
                write(out.getKey(), out.getValue().state);
            }
            bytes -= out.getValue().counted;
            oldest.remove();
        }
        return state;
    }

    private void write(String key, KeyState state) throws Exception {
        store.write(key, codec.encode(state));
        writes++;
    }

    private void count(Entry entry) {
        bytes -= entry.counted;
        entry.counted = entry.state.weight() == 0 ? NEW_WEIGHT : entry.state.weight();
        bytes += entry.counted;
    }
}
