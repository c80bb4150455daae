package dev.weir.model;

import org.jspecify.annotations.Nullable;

/**
 * Which share of what one exporter sent is missing, lost or late, lately: what came and what is missing count half as much again and
 * again. For one thread.
 */
public final class LossShare {
    /** After so many the older count half. */
    private static final double LATELY = 10_000;

    private static final double WORTH = 1e-3;
    /** One number that is wrong, or forged, must not outweigh all that came. */
    private static final long MOST = 1_000;

    private double came;
    private double missing;

    public LossShare() {
        this(0);
    }

    /**
     * @param before as if so many had come before, so that the first that is missing says little
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

    /** In percent, rounded up, for none is none; null when nothing is missing. */
    public @Nullable Integer percent() {
        return missing < WORTH * came || missing == 0
                ? null
                : (int) Math.min(100, Math.ceil(100 * missing / (came + missing)));
    }
}
