package dev.weir.policy.recommend;

import dev.weir.model.Ip;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Covers addresses with blocks: each for itself while they are few, networks where several are neighbours. */
final class Blocks {
    private static final int FEW = 8;
    private static final int V4_BYTES = 3;
    private static final int V6_BYTES = 8;

    private Blocks() {}

    /** Block to how many of the addresses it covers. */
    static Map<String, Integer> cover(Collection<String> addresses) {
        Map<String, List<String>> networks = new TreeMap<>();
        for (String address : new TreeSet<>(addresses)) {
            networks.computeIfAbsent(network(address), network -> new ArrayList<>())
                    .add(address);
        }
        Map<String, Integer> blocks = new TreeMap<>();
        networks.forEach((network, members) -> {
            if (addresses.size() > FEW && members.size() > 1) {
                blocks.put(network, members.size());
            } else {
                members.forEach(address -> blocks.put(address + (address.indexOf(':') < 0 ? "/32" : "/128"), 1));
            }
        });
        return blocks;
    }

    private static String network(String address) {
        byte[] bytes = Ip.parse(address);
        if (bytes == null) {
            throw new IllegalArgumentException("'" + address + "' is not an IP address");
        }
        int fixed = bytes.length == 4 ? V4_BYTES : V6_BYTES;
        for (int i = fixed; i < bytes.length; i++) {
            bytes[i] = 0;
        }
        return Ip.toText(bytes) + "/" + fixed * 8;
    }
}
