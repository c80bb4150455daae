package dev.weir.alerting.store;

import dev.weir.model.Activity;
import dev.weir.model.Verdict;
import java.util.Objects;

/**
 * The traffic of an edge: connections, and bytes each way.
 *
 * @param dropped connections that the network dropped
 * @param unexpected connections with a policy outcome
 */
public record EdgeCounts(
        long connections, long failed, long dropped, long unexpected, long bytesSent, long bytesReceived) {
    /** Returns the counts of an activity, multiplied by its sampling factor. */
    public static EdgeCounts of(Activity activity) {
        long times = activity.sampling();
        return new EdgeCounts(
                activity.connections() * times,
                activity.failed() * times,
                activity.verdict() == Verdict.DROPPED ? activity.connections() * times : 0,
                activity.outcome() == null ? 0 : activity.connections() * times,
                Objects.requireNonNullElse(activity.bytesSent(), 0L) * times,
                Objects.requireNonNullElse(activity.bytesReceived(), 0L) * times);
    }

    /** Returns the sum of both counts. */
    public EdgeCounts plus(EdgeCounts other) {
        return new EdgeCounts(
                connections + other.connections,
                failed + other.failed,
                dropped + other.dropped,
                unexpected + other.unexpected,
                bytesSent + other.bytesSent,
                bytesReceived + other.bytesReceived);
    }
}
