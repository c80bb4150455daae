package dev.weir.analytics.detector;

import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Ip;

/** Tells peers that nothing in the cluster owns from those that are part of it. */
public final class Outside {
    private Outside() {}

    /**
     * Whether the destination is outside: a public address, or a private one of another block of RFC 1918 than the source's
     * own, and neither a workload, a node nor a service.
     */
    public static boolean is(Activity activity) {
        Entity end = activity.destination();
        String ip = end.ip();
        if (end.workload() != null || end.node() != null || end.service() != null || ip == null) {
            return false;
        }
        String own = activity.source().ip();
        return Ip.isPublic(ip)
                || (own != null
                        && Ip.isPrivate(ip)
                        && Ip.isPrivate(own)
                        && !block(ip).equals(block(own)));
    }

    private static String block(String ip) {
        int dot = ip.indexOf('.');
        return dot < 0 ? "v6" : ip.substring(0, dot);
    }
}
