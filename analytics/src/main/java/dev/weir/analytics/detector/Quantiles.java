package dev.weir.analytics.detector;

/** Quantiles of few values, between two of them in proportion. */
public final class Quantiles {
    private Quantiles() {}

    /**
     * @param sorted ascending, not empty
     * @param q from 0 to 1
     */
    public static double of(double[] sorted, double q) {
        double at = q * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
