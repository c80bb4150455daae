package dev.weir.analytics.detector;

import dev.weir.model.Activity;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;

/** Distinguishes connections that carry data both ways from those that are only opened. */
public final class Exchanges {
    /** The packets of one side that open and close a connection. */
    private static final long HANDSHAKE_PACKETS = 4;

    /** The largest packet of IPv4 that carries no data, with the options of its first one. */
    private static final long BARE_PACKET = 60;

    /** The shortest header; an exporter that reports fewer bytes counts data alone. */
    private static final long LEAST_HEADER = 20;

    private Exchanges() {}

    /**
     * True if a connection carried data both ways, as far as its samples show. A port that only accepts the connection,
     * as at a scanner's try, makes no exchange.
     */
    public static boolean isExchange(Activity activity) {
        return activity.established() > 0
                && (activity.samples().isEmpty() || activity.samples().stream().anyMatch(Exchanges::isExchange));
    }

    /** True for connections that were answered and closed without data, as far as the samples show. */
    public static boolean isOnlyOpened(Activity activity) {
        return activity.sampling() == 1
                && activity.established() > 0
                && activity.protocol().equals("TCP")
                && !activity.samples().isEmpty()
                && !isExchange(activity);
    }

    /** True if both ends of a flow sent data; also where the record does not say. */
    public static boolean isExchange(Flow flow) {
        return carries(flow.source()) && carries(flow.destination());
    }

    private static boolean carries(Endpoint end) {
        Long bytes = end.bytes();
        Long packets = end.packets();
        if (bytes == null || packets == null || packets > HANDSHAKE_PACKETS) {
            return true;
        }
        boolean countsNoHeaders = bytes > 0 && bytes < LEAST_HEADER * packets;
        return countsNoHeaders || bytes > BARE_PACKET * packets;
    }
}
