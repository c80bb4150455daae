package dev.weir.analytics.operator;

import dev.weir.analytics.detector.DetectorScope;
import org.jspecify.annotations.Nullable;

/**
 * The text that detectors' state is keyed by: the cluster, then the {@link dev.weir.model.Entity#key} of one end or
 * both and the service, as the scope asks for. The only place that writes or reads its parts.
 */
final class DetectorKey {
    private static final String ADDRESS = "|address/";
    private static final String WORKLOAD = "workload";

    private DetectorKey() {}

    /** The key of an activity. */
    static String of(ActivityPart part, DetectorScope scope) {
        return switch (scope) {
            case SOURCE -> part.cluster() + "|" + part.source();
            case EDGE -> part.cluster() + "|" + part.source() + "|" + part.destination() + "|" + part.service();
            case DESTINATION -> part.cluster() + "|" + part.destination();
        };
    }

    /** True if one of its ends is a bare address. */
    static boolean isOfAddress(String key) {
        return key.contains(ADDRESS);
    }

    /** True for the key of an entity that is a workload. */
    static boolean isWorkload(String entity) {
        return entity.startsWith(WORKLOAD + "/");
    }

    /** The {@code namespace/name} of its first end; null if that is no workload. */
    static @Nullable String workload(String key) {
        int from = key.indexOf('|') + 1;
        int to = key.indexOf('|', from);
        String[] parts = key.substring(from, to < 0 ? key.length() : to).split("/", -1);
        return parts.length == 4 && parts[0].equals(WORKLOAD) ? parts[1] + "/" + parts[3] : null;
    }
}
