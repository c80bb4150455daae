package dev.weir.model.codec;

/**
 * A memory of keys that were met before, so that a cache keeps only what recurs: senders can invent any number of
 * names, and entries that nothing finds again would take the places of others and the collector's time. One hash is
 * kept in each place; a key is new again when another took its place. For one thread.
 */
final class SeenBefore {
    private final int[] hashes;

    /**
     * Creates an empty memory.
     *
     * @param places a power of two
     */
    SeenBefore(int places) {
        this.hashes = new int[places];
    }

    /** Notes a hash, and returns true if the same one was the last that was noted in its place. */
    boolean add(int hash) {
        int mixed = hash * 0x9E3779B9;
        int place = mixed >>> 16 & hashes.length - 1;
        boolean isThere = hashes[place] == mixed;
        hashes[place] = mixed;
        return isThere;
    }
}
