package dev.weir.model;

import org.jspecify.annotations.Nullable;

/**
 * The recent share of missing records of one exporter, lost or late. The weight of older records
 * halves whenever as many again have come. For one thread.
 */
public final class LossShare {
    /** The number of records after which older ones weigh half. */
    private static final double LATELY = 10_000;

    private static final double WORTH = 1e-3;
    /** The bound of one gap, so that a wrong or forged sequence number does not outweigh all received records. */
    private static final long MOST = 1_000;

    private double came;
    private double missing;

    public LossShare() {
        this(0);
    }

    /**
     * Creates a share.
     *
     * @param before number of records that count as received before the first, so that a first gap weighs little
     */
    public LossShare(long before) {
        came = before;
    }

    public void add(long arrived, long missed) {
        came += arrived;
        missing += Math.max(0, Math.min(MOST, missed));
        if (came + missing > LATELY) {
            came /= 2;
            missing /= 2;
        }
    }

    /** The missing share in percent, rounded up; null when no record is missing. */
    public @Nullable Integer percent() {
        return missing < WORTH * came || missing == 0
                ? null
                : (int) Math.min(100, Math.ceil(100 * missing / (came + missing)));
    }
}
