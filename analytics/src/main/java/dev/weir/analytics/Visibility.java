package dev.weir.analytics;

import dev.weir.model.Activity;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * How much of what went on was seen: what weakens whatever is concluded from it.
 *
 * @param sampling one of so many flows or packets, 1 for all
 * @param lostPercent how much of it was lost or came too late, 0 for nothing
 */
public record Visibility(int sampling, int lostPercent) {
    public static final Visibility FULL = new Visibility(1, 0);

    /** What was not seen could tell otherwise. */
    private static final double SAMPLED = 0.9;
    /** More than that being missing takes no more confidence away: what was seen was seen. */
    private static final int MISSING = 50;

    public static Visibility of(Activity activity) {
        return new Visibility(activity.sampling(), activity.lostPercent());
    }

    public static Visibility of(Collection<Activity> activities) {
        return activities.stream().map(Visibility::of).reduce(FULL, Visibility::worst);
    }

    /** Of what was seen under both. */
    public Visibility worst(Visibility other) {
        return new Visibility(Math.max(sampling, other.sampling), Math.max(lostPercent, other.lostPercent));
    }

    /** In whole percent. */
    public double lowered(double confidence) {
        double seen = sampling > 1 ? SAMPLED * confidence : confidence;
        double told = lostPercent > 0 ? (1 - Math.min(MISSING, lostPercent) / 200.0) * seen : seen;
        return Math.round(told * 100) / 100.0;
    }

    public List<String> caveats() {
        return Stream.of(
                        sampling > 1 ? "sampled 1:" + sampling : "",
                        lostPercent > 0 ? "up to " + lostPercent + " % of the flows are missing, lost or late" : "")
                .filter(caveat -> !caveat.isEmpty())
                .toList();
    }
}
