package dev.weir.model;

/**
 * The part of an activity's counts that belongs to flows of one length, which lasted for more than one slice. It is
 * spread evenly over all of that time: over the slice in which the flows ended and the slices before it.
 *
 * @param slices number of slices, as {@link #slices(long, long)} computes it
 * @param connections as {@link Activity#connections()}
 * @param established as {@link Activity#established()}
 * @param bytesSent 0 when the flows do not hold it, like the other three
 */
public record Span(
        int slices,
        long connections,
        long established,
        long bytesSent,
        long bytesReceived,
        long packetsSent,
        long packetsReceived) {
    /** The upper bound, about a month; longer flows count as this long. */
    private static final int MAX_SLICES = 1 << 18;

    private static final int EXACT = 8;

    /**
     * The number of slices over which a flow's counts are spread. Only whole slices count, so the rate of a flow a
     * little longer than one slice is up to a half too low, and less so for longer ones. Beyond 8 slices there are four
     * lengths from each power of two to the next, and the next larger one counts: an activity has no more than 68
     * different ones, and rates are up to a quarter too low.
     *
     * @return 1 for a flow no longer than {@value Activity#SLICE_MS} ms
     */
    public static int slices(long startMs, long endMs) {
        long exact = Math.max(0, endMs - startMs - 1) / Activity.SLICE_MS + 1;
        int slices = (int) Math.min(MAX_SLICES, exact);
        if (slices <= EXACT) {
            return slices;
        }
        int shift = 29 - Integer.numberOfLeadingZeros(slices - 1);
        return ((slices - 1 >> shift) + 1) << shift;
    }

    /** Returns the sum of two spans of one length. */
    public Span plus(Span other) {
        return new Span(
                slices,
                connections + other.connections,
                established + other.established,
                bytesSent + other.bytesSent,
                bytesReceived + other.bytesReceived,
                packetsSent + other.packetsSent,
                packetsReceived + other.packetsReceived);
    }
}
