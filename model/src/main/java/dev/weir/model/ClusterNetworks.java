package dev.weir.model;

import dev.weir.common.Cidr;
import dev.weir.common.Ip;
import dev.weir.common.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides which ends of an edge are outside the cluster's networks. Workloads, nodes and Services are inside, and so
 * are addresses that no machine outside can have: of a group, of a link, of the machine itself. Of the other addresses
 * those in the given blocks are inside. Without blocks, public addresses are outside, and private ones inside, but for
 * a destination of another block of RFC 1918 than its source, such as an office's network behind a gateway.
 */
public final class ClusterNetworks {
    /** The networks where no blocks are given. */
    public static final ClusterNetworks DEFAULT = new ClusterNetworks(List.of());

    private final List<Cidr> inside;

    private ClusterNetworks(List<Cidr> inside) {
        this.inside = inside;
    }

    /**
     * Networks with these blocks inside.
     *
     * @param blocks such as {@code 10.0.0.0/8}; none for the default
     * @throws ConfigException naming a text that is no block
     */
    public static ClusterNetworks of(List<String> blocks) {
        List<Cidr> inside = new ArrayList<>(blocks.size());
        for (String block : blocks) {
            Cidr parsed = Cidr.parse(block);
            if (parsed == null) {
                throw new ConfigException(
                        "inside: \"" + block + "\" is no block of addresses such as 10.0.0.0/8 or fd00::/8");
            }
            inside.add(parsed);
        }
        return inside.isEmpty() ? DEFAULT : new ClusterNetworks(List.copyOf(inside));
    }

    /**
     * The ends that are outside.
     *
     * @param sourceIp the source's address; null if it is not known
     * @param isOfPods true for an address in a block that the cluster gives its pods
     */
    public Outside outside(Entity source, @Nullable String sourceIp, Entity destination, Predicate<String> isOfPods) {
        return Outside.of(isOutside(source, null, isOfPods), isOutside(destination, sourceIp, isOfPods));
    }

    /** The ends of an activity that are outside, by its entities and its first sample. */
    public static Outside outside(Entity source, Entity destination, List<Flow> samples) {
        // An entity of several pods has no address.
        String own = source.ip() == null && !samples.isEmpty()
                ? samples.get(0).source().ip()
                : source.ip();
        return DEFAULT.outside(source, own, destination, ip -> false);
    }

    private boolean isOutside(Entity end, @Nullable String from, Predicate<String> isOfPods) {
        String ip = end.ip();
        if (ip == null || !end.isAddress()) {
            return false;
        }
        if (!inside.isEmpty()) {
            return !Ip.isOfLink(ip) && !isOfPods.test(ip) && !contains(ip);
        }
        if (Ip.isPublic(ip)) {
            return !isOfPods.test(ip);
        }
        int block = block(ip);
        return from != null && block > 0 && block(from) > 0 && block != block(from) && !isOfPods.test(ip);
    }

    private boolean contains(String ip) {
        byte[] address = Ip.parse(ip);
        return address == null || inside.stream().anyMatch(block -> block.contains(address));
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
