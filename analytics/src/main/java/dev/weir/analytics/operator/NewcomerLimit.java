package dev.weir.analytics.operator;

import dev.weir.common.Millis;

/**
 * Limits the keys that begin to have state within an hour of event time, since senders of flows can forge addresses,
 * claim names and try ports without end. For one thread.
 */
final class NewcomerLimit {
    static final int MAX_ADDRESSES = 100_000;
    static final int MAX_NAMES = 20_000;
    static final int MAX_UNANSWERED = 20_000;

    private long hour = Long.MIN_VALUE;
    private int addresses;
    private int names;
    private int unanswered;

    /**
     * True if a new key may have state.
     *
     * @param isAddress true for the key of a bare address, else it is one of names
     * @param isUnanswered true for the key of an edge that was never answered
     */
    boolean hasRoom(long sliceMs, boolean isAddress, boolean isUnanswered) {
        long now = Math.floorDiv(sliceMs, Millis.HOUR);
        if (now != hour) {
            hour = now;
            addresses = 0;
            names = 0;
            unanswered = 0;
        }
        boolean hasRoom = isAddress ? addresses < MAX_ADDRESSES : names < MAX_NAMES;
        return hasRoom && !(isUnanswered && unanswered >= MAX_UNANSWERED);
    }

    /** Counts a new key that has state from now on. */
    void count(boolean isAddress, boolean isUnanswered) {
        addresses += isAddress ? 1 : 0;
        names += isAddress ? 0 : 1;
        unanswered += isUnanswered ? 1 : 0;
    }
}
