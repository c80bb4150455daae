package dev.weir.analytics.detector;

import dev.weir.model.Activity;
import dev.weir.model.Flow;
import org.jspecify.annotations.Nullable;

/** Recognises pings. */
public final class Pings {
    private Pings() {}

    /**
     * True for ICMP of IPv4, of which errors are no flows and nearly all else is pings. Nodes discover their neighbours
     * by ICMP of IPv6, and records do not say by which type.
     */
    public static boolean isPing(Activity activity) {
        return activity.protocol().equals("ICMP")
                && !isIpv6(activity.source().ip())
                && !isIpv6(activity.destination().ip())
                && activity.samples().stream().noneMatch(Pings::isIpv6);
    }

    private static boolean isIpv6(Flow flow) {
        return isIpv6(flow.source().ip());
    }

    private static boolean isIpv6(@Nullable String ip) {
        return ip != null && ip.indexOf(':') >= 0;
    }
}
