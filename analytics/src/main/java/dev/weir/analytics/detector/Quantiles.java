package dev.weir.analytics.detector;

/** Quantiles of a few values, linear between two of them. */
public final class Quantiles {
    private Quantiles() {}

    /**
     * The quantile {@code q}.
     *
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
