package dev.weir.policy.recommend;

import dev.weir.common.Cidr;
import dev.weir.common.Ip;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Covers addresses with blocks: each by itself while they are few, networks where several public ones are neighbours.
 * Private addresses are never widened, since their neighbours may be pods.
 */
final class Blocks {
    private static final int FEW = 8;
    private static final int MAX_BLOCKS = 100;
    private static final String EVERYWHERE = "0.0.0.0/0";
    private static final String EVERYWHERE_V6 = "::/0";
    private static final List<String> PRIVATE =
            List.of("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16");
    private static final List<String> PRIVATE_V6 = List.of("fc00::/7", "fe80::/10");
    private static final List<Cidr> PRIVATE_BLOCKS = Stream.concat(PRIVATE.stream(), PRIVATE_V6.stream())
            .map(block -> Objects.requireNonNull(Cidr.parse(block)))
            .toList();
    /** The length of the prefix of a network that neighbours share. */
    private static final int V4_BITS = 24;

    private static final int V6_BITS = 64;

    private Blocks() {}

    /** The blocks with the number of addresses that each covers. */
    static Map<String, Integer> cover(Collection<String> addresses) {
        Map<String, List<String>> networks = new TreeMap<>();
        for (String address : new TreeSet<>(addresses)) {
            networks.computeIfAbsent(network(address), network -> new ArrayList<>())
                    .add(address);
        }
        Map<String, Integer> blocks = new TreeMap<>();
        networks.forEach((network, members) -> {
            if (addresses.size() > FEW && members.size() > 1 && !isPrivate(members.get(0))) {
                blocks.put(network, members.size());
            } else {
                members.forEach(address -> blocks.put(address + (address.indexOf(':') < 0 ? "/32" : "/128"), 1));
            }
        });
        if (blocks.size() > MAX_BLOCKS) {
            anywhere(blocks);
        }
        return blocks;
    }

    /** The exceptions of a block: the private networks for the whole of the internet. */
    static List<String> exceptions(String block) {
        return switch (block) {
            case EVERYWHERE -> PRIVATE;
            case EVERYWHERE_V6 -> PRIVATE_V6;
            default -> List.of();
        };
    }

    /**
     * Replaces too many public addresses by the whole of the internet; no person would read and no API server store the
     * list.
     */
    private static void anywhere(Map<String, Integer> blocks) {
        Map<String, Integer> wide = new TreeMap<>();
        blocks.forEach((block, seen) -> {
            String address = block.substring(0, block.indexOf('/'));
            String key = isPrivate(address) ? block : address.indexOf(':') < 0 ? EVERYWHERE : EVERYWHERE_V6;
            wide.merge(key, seen, Integer::sum);
        });
        blocks.clear();
        blocks.putAll(wide);
    }

    private static boolean isPrivate(String address) {
        byte[] bytes = Ip.parse(address);
        return bytes != null && PRIVATE_BLOCKS.stream().anyMatch(block -> block.contains(bytes));
    }

    private static String network(String address) {
        byte[] bytes = Ip.parse(address);
        if (bytes == null) {
            throw new IllegalArgumentException("'" + address + "' is not an IP address");
        }
        return Cidr.of(bytes, bytes.length == 4 ? V4_BITS : V6_BITS).toString();
    }
}
