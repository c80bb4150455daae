package dev.weir.policy;

import org.jspecify.annotations.Nullable;

/**
 * What is to be decided.
 *
 * @param protocol as in {@link dev.weir.model.Flow#protocol()}
 * @param port destination port; null when the protocol has none or the record does not tell
 */
public record Traffic(
        Peer source,
        Peer destination,
        String protocol,
        @Nullable Integer port) {

    /** {@code TCP/5432}. */
    public String service() {
        return port == null ? protocol : protocol + "/" + port;
    }

    boolean toItself() {
        Peer.Pod from = source.pod();
        Peer.Pod to = destination.pod();
        return from != null
                && to != null
                && from.namespace().equals(to.namespace())
                && from.name().equals(to.name());
    }
}
