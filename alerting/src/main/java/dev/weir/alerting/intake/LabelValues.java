package dev.weir.alerting.intake;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds the values of a label to so many, whatever comes out of a topic: what comes later is {@value #OTHER}. For one thread. */
final class LabelValues {
    static final String OTHER = "other";
    private static final int MOST = 500;

    private final Set<String> known = new HashSet<>();

    /** The value as it may stand in a label; empty, which is to say none, for null. */
    String of(@Nullable String value) {
        if (value == null) {
            return "";
        }
        boolean isKnown = known.contains(value) || (known.size() < MOST && known.add(value));
        return isKnown ? value : OTHER;
    }
}
