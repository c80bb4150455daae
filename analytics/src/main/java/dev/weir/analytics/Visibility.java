package dev.weir.analytics;

import dev.weir.model.Activity;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * The share of the traffic that was seen. A low share weakens every conclusion.
 *
 * @param sampling one of so many flows or packets was recorded, 1 for all
 * @param lostPercent percentage of the traffic that was lost or came too late
 */
public record Visibility(int sampling, int lostPercent) {
    public static final Visibility FULL = new Visibility(1, 0);

    /** The factor on the confidence of sampled traffic, since the unseen part might show otherwise. */
    private static final double SAMPLED = 0.9;
    /** The percentage beyond which missing traffic lowers the confidence no further: the seen part remains seen. */
    private static final int MISSING = 50;

    public static Visibility of(Activity activity) {
        return new Visibility(activity.sampling(), activity.lostPercent());
    }

    public static Visibility of(Collection<Activity> activities) {
        return activities.stream().map(Visibility::of).reduce(FULL, Visibility::worst);
    }

    /** The visibility of traffic that was seen under both. */
    public Visibility worst(Visibility other) {
        return new Visibility(Math.max(sampling, other.sampling), Math.max(lostPercent, other.lostPercent));
    }

    /** The confidence lowered by the missing share, rounded to hundredths. */
    public double lowered(double confidence) {
        double seen = sampling > 1 ? SAMPLED * confidence : confidence;
        double complete = lostPercent > 0 ? (1 - Math.min(MISSING, lostPercent) / 200.0) * seen : seen;
        return Math.round(complete * 100) / 100.0;
    }

    public List<String> caveats() {
        return Stream.of(
                        sampling > 1 ? "sampled 1:" + sampling : "",
                        lostPercent > 0 ? "up to " + lostPercent + " % of the flows are missing, lost or late" : "")
                .filter(caveat -> !caveat.isEmpty())
                .toList();
    }
}
