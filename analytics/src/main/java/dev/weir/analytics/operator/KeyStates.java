package dev.weir.analytics.operator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.jspecify.annotations.Nullable;

/**
 * The states of keys. Those used last are live objects, up to a bound; before them is Flink's state, which has one
 * value for each key. A changed state is written there when it makes room for others, and with each checkpoint. When
 * all states together are larger than a bound, keys are evicted, those of the fewest slices first. For one thread.
 */
final class KeyStates {
    /** The size that a state counts before it is first encoded, in bytes. */
    private static final int NEW_WEIGHT = 256;

    /**
     * The same among the live states, where too low a size is worse: as objects, states take several times their size.
     */
    private static final int NEW_LIVE_WEIGHT = 1_024;

    /** The number of changes after which a state is encoded to see how large it has become. */
    private static final int WEIGH_AFTER = 64;

    /** The size of a key beside its text and its state, in bytes: its entry in Flink's map and its timer. */
    private static final int KEY_BYTES = 320;

    private final KeyStateCodec codec;
    private final Store store;
    private final long maxLiveBytes;
    private final long maxBytes;
    private final LinkedHashMap<String, Entry> live = new LinkedHashMap<>(1024, 0.75f, true);
    private long liveBytes;
    private long bytes;
    private long reads;
    private long writes;
    private final Counter evicted;

    /** Flink's state. */
    interface Store {
        /** The value of a key; null for none. */
        byte @Nullable [] read(String key) throws Exception;

        /** Sets the value of a key. */
        void write(String key, byte[] value) throws Exception;

        /**
         * Removes the value of a key.
         *
         * @param timerMs the key's timer, which is removed too; {@link KeyState#NEVER} for none
         */
        void remove(String key, long timerMs) throws Exception;

        /** All keys that have a value. */
        List<String> keys();
    }

    private static final class Entry {
        private final KeyState state;
        private int counted;
        private int countedLive;

        private Entry(KeyState state) {
            this.state = state;
        }
    }

    /**
     * Creates an empty memory.
     *
     * @param maxLiveBytes the most bytes of live states, by their encoded size; their objects take several times as
     *     much
     * @param maxBytes the most bytes of all keys and states; {@link Long#MAX_VALUE} for no bound
     * @param evicted counts the keys that are evicted
     */
    KeyStates(KeyStateCodec codec, Store store, long maxLiveBytes, long maxBytes, Counter evicted) {
        this.codec = codec;
        this.store = store;
        this.maxLiveBytes = maxLiveBytes;
        this.maxBytes = maxBytes;
        this.evicted = evicted;
    }

    /** Adds up the states that Flink has restored, if their size has a bound. */
    void restore() throws Exception {
        if (maxBytes < Long.MAX_VALUE) {
            for (String key : store.keys()) {
                byte[] value = store.read(key);
                bytes += sizeOf(key) + (value == null ? 0 : value.length);
            }
            evict("");
        }
    }

    /** The state of a key; null if it has none. */
    @Nullable KeyState find(String key) throws Exception {
        Entry entry = live.get(key);
        if (entry != null) {
            if (entry.state.changes() >= WEIGH_AFTER) {
                write(key, entry.state);
                count(entry);
                evict(key);
            }
            return entry.state;
        }
        byte[] value = store.read(key);
        reads++;
        if (value == null) {
            return null;
        }
        bytes -= value.length;
        return keep(key, codec.decode(value));
    }

    /** Adds the state of a key that had none. */
    void add(String key, KeyState state) throws Exception {
        bytes += sizeOf(key);
        keep(key, state);
        evict(key);
    }

    /** Removes a state with its timer. */
    void remove(String key, KeyState state) throws Exception {
        remove(key, state.weight(), state.timerMs());
    }

    /**
     * Removes a state with its timer.
     *
     * @param weight the size that counts for a state that is not live
     */
    private void remove(String key, int weight, long timerMs) throws Exception {
        Entry entry = live.remove(key);
        if (entry != null) {
            liveBytes -= entry.countedLive;
        }
        bytes -= sizeOf(key) + (entry == null ? weight : entry.counted);
        store.remove(key, timerMs);
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

    /** The approximate size of all keys and states in bytes, if it has a bound. */
    long bytes() {
        return bytes;
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
        while (liveBytes > maxLiveBytes && live.size() > 1) {
            Map.Entry<String, Entry> out = oldest.next();
            if (out.getValue().state.isChanged()) {
                write(out.getKey(), out.getValue().state);
                count(out.getValue());
            }
            liveBytes -= out.getValue().countedLive;
            oldest.remove();
        }
        return state;
    }

    private record Candidate(String key, KeyStateCodec.Use use, int weight) {}

    /**
     * Evicts keys when there is no room. An eighth of the room is made free at once, since all keys are looked at.
     *
     * @param kept a key that stays
     */
    private void evict(String kept) throws Exception {
        if (bytes <= maxBytes) {
            return;
        }
        flush();
        List<Candidate> all = new ArrayList<>();
        for (String key : store.keys()) {
            byte[] value = store.read(key);
            if (value != null && !key.equals(kept)) {
                all.add(new Candidate(key, KeyStateCodec.use(value), value.length));
            }
        }
        all.sort(Comparator.comparing(Candidate::use, KeyStateCodec.Use.LEAST).thenComparing(Candidate::key));
        for (Candidate each : all) {
            if (bytes <= maxBytes - maxBytes / 8) {
                return;
            }
            remove(each.key, each.weight, each.use.timerMs());
            evicted.inc();
        }
    }

    private static int sizeOf(String key) {
        return KEY_BYTES + key.length();
    }

    private void write(String key, KeyState state) throws Exception {
        store.write(key, codec.encode(state));
        writes++;
    }

    private void count(Entry entry) {
        int known = entry.state.weight();
        int weight = known == 0 ? NEW_WEIGHT : known;
        int liveWeight = known == 0 ? NEW_LIVE_WEIGHT : known;
        bytes += weight - entry.counted;
        liveBytes += liveWeight - entry.countedLive;
        entry.counted = weight;
        entry.countedLive = liveWeight;
    }
}
