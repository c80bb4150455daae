package dev.weir.analytics.detector;

import dev.weir.model.Activity;
import java.io.Serializable;

/** Tells who must never become usual, whatever is learned. */
public interface Threats extends Serializable {
    /** Whether one of the ends, or a name that was asked for, is on a list at the time of the activity. */
    boolean isListed(Activity activity);
}
