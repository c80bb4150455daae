package dev.weir.analytics.detector;

import dev.weir.model.Activity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recognises the few answered tries of a scan: many of the same port, or of the same peer, failed in the same slice.
 * The tries are counted once for all activities of the slice, and only when one of them is asked about.
 */
final class Scanned {
    /** The number of failed tries that make a scan, if they are {@link #TIMES} times the answered ones. */
    private static final int LEAST = 10;

    private static final int TIMES = 4;

    private final List<Activity> activities;
    private @Nullable Map<Object, Tries> tries;

    private static final class Tries {
        private int failed;
        private int answered;

        private void add(Activity activity) {
            failed += activity.established() == 0 && activity.failed() > 0 ? 1 : 0;
            answered += activity.established() > 0 ? 1 : 0;
        }
    }

    private record Port(@Nullable Integer number) {}

    private record Both(Port port, String peer) {}

    Scanned(List<Activity> activities) {
        this.activities = activities;
    }

    /** True if the activity has the port, or the peer, of many failed tries. */
    boolean isScanned(Activity activity) {
        Map<Object, Tries> all = tries();
        Port port = new Port(activity.port());
        String peer = activity.destination().key();
        Tries ofPort = tries(all, port);
        Tries ofPeer = tries(all, peer);
        // Those of the port at the peer are in both.
        Tries ofBoth = tries(all, new Both(port, peer));
        int failed = ofPort.failed + ofPeer.failed - ofBoth.failed;
        int answered = ofPort.answered + ofPeer.answered - ofBoth.answered;
        return failed >= LEAST && failed >= TIMES * answered;
    }

    private Map<Object, Tries> tries() {
        Map<Object, Tries> all = tries;
        if (all == null) {
            all = new HashMap<>();
            for (Activity each : activities) {
                Port port = new Port(each.port());
                String peer = each.destination().key();
                tries(all, port).add(each);
                tries(all, peer).add(each);
                tries(all, new Both(port, peer)).add(each);
            }
            tries = all;
        }
        return all;
    }

    private static Tries tries(Map<Object, Tries> all, Object of) {
        return all.computeIfAbsent(of, key -> new Tries());
    }
}
