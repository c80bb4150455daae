package dev.weir.model;

/**
 * The part of an activity's counts that belongs to flows which lasted for more than one slice, all of about one length. It
 * belongs evenly to all of that time: to the slice in which the flows ended and to those before it.
 *
 * @param slices how many slices that is, as {@link #slices(long, long)} tells
 * @param connections all of them, as {@link Activity#connections()}
 * @param established connections, as {@link Activity#established()}
 * @param bytesSent 0 when the flows do not tell it, as the other three
 */
public record Span(
        int slices,
        long connections,
        long established,
        long bytesSent,
        long bytesReceived,
        long packetsSent,
        long packetsReceived) {
    /** A month; what lasted longer counts as so long. */
    private static final int MAX_SLICES = 1 << 18;

    private static final int EXACT = 8;

    /**
     * How many slices a flow's counts belong to. Whole slices count, so that the rate of a flow of little more than one slice is
     * up to a half too low, and less the longer it lasts. Beyond 8 slices there are four lengths from each power of two to the
     * next and the next larger counts: an activity has no more than 68 different ones, and rates are up to a quarter too low.
     *
     * @return 1 for what lasted no longer than {@value Activity#SLICE_MS} ms
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

    /** The sum of two of one length. */
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
