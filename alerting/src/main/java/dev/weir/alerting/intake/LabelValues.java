package dev.weir.alerting.intake;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the values of a metric label: the first {@value #MOST} values pass, later ones become {@value #OTHER}. Not
 * thread-safe.
 */
final class LabelValues {
    static final String OTHER = "other";
    private static final int MOST = 500;

    private final Set<String> known = new HashSet<>();

    /** The label value; empty for null. */
    String of(@Nullable String value) {
        if (value == null) {
            return "";
        }
        boolean isKnown = known.contains(value) || (known.size() < MOST && known.add(value));
        return isKnown ? value : OTHER;
    }
}
