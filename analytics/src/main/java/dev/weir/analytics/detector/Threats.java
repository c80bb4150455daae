package dev.weir.analytics.detector;

import dev.weir.model.Activity;
import java.io.Serializable;

/** Knows the peers that never become part of a baseline, even while it is learned. */
public interface Threats extends Serializable {
    /** True if one of the ends, or a queried name, is on a threat list at the time of the activity. */
    boolean isListed(Activity activity);
}
