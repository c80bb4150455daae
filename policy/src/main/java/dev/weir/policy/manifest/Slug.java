package dev.weir.policy.manifest;

import dev.weir.common.Text;
import dev.weir.model.Direction;
import dev.weir.policy.Peer;
import dev.weir.policy.Traffic;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes names for policies about a connection. */
public final class Slug {
    private static final int LONGEST = 40;

    private Slug() {}

    /**
     * A name such as {@code web-to-db-tcp-5432-ingress-1a2b3c}. It ends with a hash of both ends, since the two sides
     * of a connection, and equal names of other namespaces, must not take each other's name.
     */
    public static String of(Traffic traffic, Direction direction) {
        String text = name(traffic.source()) + "-to-" + name(traffic.destination()) + "-"
                + traffic.service().replace('/', '-');
        String plain = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        String cut = Text.cut(plain, LONGEST, "");
        String ends = end(traffic.source()) + ' ' + end(traffic.destination()) + ' ' + traffic.service();
        int hash = ends.hashCode() & 0xff_ffff;
        return cut.replaceAll("^-+|-+$", "") + "-" + direction.id() + "-" + String.format(Locale.ROOT, "%06x", hash);
    }

    private static String end(Peer peer) {
        Peer.Pod pod = peer.selectable();
        return pod == null
                ? String.valueOf(peer.ip())
                : pod.namespace() + StableLabels.of(pod.identity().labels());
    }

    private static String name(Peer peer) {
        Peer.Pod pod = peer.pod();
        if (pod == null) {
            return peer.node() == null ? String.valueOf(peer.ip()) : peer.node().name();
        }
        Map<String, String> labels = pod.identity().labels();
        for (String key : List.of("app.kubernetes.io/name", "app", "k8s-app", "name")) {
            String value = labels.get(key);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return pod.name();
    }
}
