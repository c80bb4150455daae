package dev.weir.ingest.collector.netflow;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts the open connections, those of each address within those over all. For one thread. */
final class Connections {
    private final int most;
    private final int mostOfAddress;
    private final Map<InetAddress, Integer> counts = new HashMap<>();
    private int open;

    /** Why the collector closes a connection; the name in small letters is the word in metrics. */
    enum Reason {
        /** Its address has too many. */
        ADDRESS,
        /** All addresses together have too many. */
        ALL,
        /** A message, or the handshake, was not whole in time. */
        SLOW,
        /** It was silent for long. */
        IDLE,
        /** What came cannot be read. */
        MALFORMED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param most connections over all
     * @param mostOfAddress connections of one address
     */
    Connections(int most, int mostOfAddress) {
        this.most = most;
        this.mostOfAddress = mostOfAddress;
    }

    /** Counts a connection and returns null, or says why it is one too many. One that is counted is to be {@link #closed} once. */
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
