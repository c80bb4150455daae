package dev.weir.analytics.detector;

import dev.weir.model.Activity;

/** What a detector remembers by: its activities come together for each of these. */
public enum Scope {
    SOURCE,
    EDGE,
    DESTINATION;

    /** The key that an activity belongs to. */
    public String keyOf(Activity activity) {
        String cluster = activity.cluster() == null ? "" : activity.cluster();
        return switch (this) {
            case SOURCE -> cluster + "|" + activity.source().key();
            case EDGE ->
                cluster + "|" + activity.source().key() + "|"
                        + activity.destination().key() + "|" + activity.protocol() + "|" + activity.port();
            case DESTINATION -> cluster + "|" + activity.destination().key();
        };
    }
}
