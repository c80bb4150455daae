package dev.weir.ingest.collector.pcap;

import dev.weir.ingest.packet.Packet;
import java.util.LinkedHashMap;
import java.util.Map;

/** Adds the ports of a datagram's first fragment to the later ones, if it came before them. Bounded. For one thread. */
final class Fragments {
    static final int MOST = 10_000;

    private final Map<Datagram, Packet> firsts = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Datagram, Packet> eldest) {
            if (size() <= MOST) {
                return false;
            }
            evicted.run();
            return true;
        }
    };

    private final Runnable evicted;

    private record Datagram(String source, String destination, int protocol, int id) {}

    /**
     * Creates an empty table.
     *
     * @param evicted runs for each first fragment that is evicted since there are too many
     */
    Fragments(Runnable evicted) {
        this.evicted = evicted;
    }

    /** Returns the fragment with its ports, if they are known. */
    Packet whole(Packet fragment) {
        Integer id = fragment.fragmentOf();
        if (id == null) {
            return fragment;
        }
        Datagram datagram = new Datagram(fragment.sourceIp(), fragment.destinationIp(), fragment.protocol(), id);
        if (fragment.sourcePort() != null) {
            firsts.put(datagram, fragment);
            return fragment;
        }
        Packet first = firsts.get(datagram);
        return first == null ? fragment : fragment.withPorts(first.sourcePort(), first.destinationPort());
    }
}
