package dev.weir.ingest;

import org.jspecify.annotations.Nullable;

/** Which share of what one exporter sent never came, lately: what came and what is missing count half as much again and again. */
public final class LossShare {
    /** After so many the older count half. */
    private static final double LATELY = 10_000;

    /** One number that is wrong, or forged, must not outweigh all that came. */
    private static final long MOST = 1_000;

    private double came;
    private double missing;

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
        return missing < 1e-3 * came || missing == 0
                ? null
                : (int) Math.min(100, Math.ceil(100 * missing / (came + missing)));
    }
}
