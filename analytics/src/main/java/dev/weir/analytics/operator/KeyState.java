package dev.weir.analytics.operator;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The memory that the detectors of one scope have of one key. The part of a detector is decoded when the detector is
 * first shown a slice, and encoded again only after it has changed. For one thread.
 */
final class KeyState {
    /** Stands for a time that is not set. */
    static final long NEVER = Long.MIN_VALUE;

    private final KeyStateCodec codec;
    private final @Nullable Object[] live;
    private final byte[] @Nullable [] encoded;
    private final long[] wakes;
    private final List<UnknownPart> unknown;
    private long lastSliceMs = NEVER;
    private long timerMs = NEVER;
    private int slices;
    private boolean isChanged;
    private int changes;
    private int weight;

    /** The part of a detector that is switched off. It is kept as it is. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record UnknownPart(int tag, byte[] part) {}

    /** Creates the state of a key without parts. */
    KeyState(KeyStateCodec codec, List<UnknownPart> unknown) {
        this.codec = codec;
        this.live = new Object[codec.detectors()];
        this.encoded = new byte[codec.detectors()][];
        this.wakes = new long[codec.detectors()];
        this.unknown = unknown;
        Arrays.fill(wakes, NEVER);
    }

    /** The state of a detector; null for none. */
    @Nullable Object of(int detector) {
        byte[] bytes = encoded[detector];
        if (live[detector] == null && bytes != null) {
            live[detector] = codec.decodePart(detector, bytes);
        }
        return live[detector];
    }

    /** Sets the state of a detector; null for none. The object must not change any more. */
    void set(int detector, @Nullable Object state) {
        if (state != live[detector] || encoded[detector] != null && state == null) {
            live[detector] = state;
            encoded[detector] = null;
            change();
        }
    }

    /** Sets the time at which a detector asks for a slice; {@link #NEVER} for none. */
    void setWake(int detector, long ms) {
        if (wakes[detector] != ms) {
            wakes[detector] = ms;
            change();
        }
    }

    /** The earliest time at which a detector asks for a slice; {@link #NEVER} if none does. */
    long wakeMs() {
        long earliest = NEVER;
        for (long each : wakes) {
            if (each != NEVER && (earliest == NEVER || each < earliest)) {
                earliest = each;
            }
        }
        return earliest;
    }

    /** The time of the key's timer; {@link #NEVER} for none. */
    long timerMs() {
        return timerMs;
    }

    void setTimer(long ms) {
        timerMs = ms;
        change();
    }

    /** The start of the latest slice with activity; {@link #NEVER} for a key that is new. */
    long lastSliceMs() {
        return lastSliceMs;
    }

    /** Notes a slice with activity. */
    void countSlice(long ms) {
        setLastSlice(ms, Math.min(slices, Integer.MAX_VALUE - 1) + 1);
    }

    /** The number of slices with activity. */
    int slices() {
        return slices;
    }

    void setLastSlice(long ms, int slices) {
        lastSliceMs = ms;
        this.slices = slices;
        change();
    }

    /** True if it has changed since it was last encoded. */
    boolean isChanged() {
        return isChanged;
    }

    /** The number of changes since it was last encoded. */
    int changes() {
        return changes;
    }

    /** The size that the state had when it was last encoded, in bytes; 0 if it never was. */
    int weight() {
        return weight;
    }

    /** Notes that the state as it is now has so many bytes, though it is not stored. */
    void weigh(int bytes) {
        weight = bytes;
    }

    /** Notes that the state as it is now has so many bytes, and is stored. */
    void setEncoded(int bytes) {
        weight = bytes;
        changes = 0;
        isChanged = false;
    }

    long wakeMs(int detector) {
        return wakes[detector];
    }

    /** The encoded part of a detector; null for none. */
    byte @Nullable [] part(int detector) {
        Object state = live[detector];
        if (encoded[detector] == null && state != null) {
            encoded[detector] = codec.encodePart(detector, state);
        }
        return encoded[detector];
    }

    void setPart(int detector, byte[] part) {
        encoded[detector] = part;
    }

    List<UnknownPart> unknown() {
        return unknown;
    }

    private void change() {
        isChanged = true;
        changes++;
    }
}
