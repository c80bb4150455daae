package dev.weir.analytics.detector;

import dev.weir.common.Ip;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import org.jspecify.annotations.Nullable;

/** Distinguishes peers outside the cluster from those that are part of it. */
public final class Outside {
    private Outside() {}

    /**
     * True if the destination is outside: a public address, or a private one of another block of RFC 1918 than the
     * source's own address, and neither a workload, a node nor a Service.
     */
    public static boolean is(Activity activity) {
        Entity end = activity.destination();
        String ip = end.ip();
        if (end.workload() != null || end.node() != null || end.service() != null || ip == null) {
            return false;
        }
        if (Ip.isPublic(ip)) {
            return true;
        }
        String own = ownAddress(activity);
        int block = block(ip);
        return own != null && block > 0 && block(own) > 0 && block != block(own);
    }

    /** True if the destination is the address of a group, which is neither inside nor outside. */
    public static boolean isGroup(Activity activity) {
        String ip = activity.destination().ip();
        return ip != null && Ip.isMulticast(ip);
    }

    /** The source's address. An entity of several pods has none, so the address of a sample is used. */
    private static @Nullable String ownAddress(Activity activity) {
        if (activity.source().ip() != null || activity.samples().isEmpty()) {
            return activity.source().ip();
        }
        return activity.samples().get(0).source().ip();
    }

    /** The number of the RFC 1918 block that an address is in, from 1 to 3; 0 for none. */
    private static int block(String ip) {
        byte[] address = Ip.parse(ip);
        if (address == null || address.length != 4) {
            return 0;
        }
        int first = address[0] & 0xff;
        int second = address[1] & 0xff;
        if (first == 10) {
            return 1;
        }
        if (first == 172 && second >= 16 && second < 32) {
            return 2;
        }
        return first == 192 && second == 168 ? 3 : 0;
    }
}
