package dev.weir.ingest.collector.netflow;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts open connections and limits them, for each address and in total. For one thread. */
final class OpenConnections {
    private final int most;
    private final int mostOfAddress;
    private final Map<InetAddress, Integer> counts = new HashMap<>();
    private int open;

    /** The reason for which the collector closes a connection; its id is the label in metrics. */
    enum Reason {
        /** The address has too many connections. */
        ADDRESS,
        /** All addresses together have too many connections. */
        ALL,
        /** A message, or the handshake, was not complete in time. */
        SLOW,
        /** The connection was silent for too long. */
        IDLE,
        /** The bytes received cannot be read. */
        MALFORMED;

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Creates a counter.
     *
     * @param most connections in total
     * @param mostOfAddress connections of one address
     */
    OpenConnections(int most, int mostOfAddress) {
        this.most = most;
        this.mostOfAddress = mostOfAddress;
    }

    /**
     * Counts a connection and returns null, or the reason for which it is refused. Each counted connection must be
     * {@link #closed} once.
     */
    @Nullable Reason opened(InetAddress address) {
        int own = counts.getOrDefault(address, 0);
        if (own >= mostOfAddress) {
            return Reason.ADDRESS;
        }
        if (open >= most) {
            return Reason.ALL;
        }
        counts.put(address, own + 1);
        open++;
        return null;
    }

    void closed(InetAddress address) {
        counts.computeIfPresent(address, (any, count) -> count == 1 ? null : count - 1);
        open--;
    }
}
