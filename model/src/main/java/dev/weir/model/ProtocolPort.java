package dev.weir.model;

import org.jspecify.annotations.Nullable;

/** Writes a protocol and a port in a word. */
public final class ProtocolPort {
    private ProtocolPort() {}

    /** Returns for example {@code TCP/5432}; the protocol alone if there is no port. */
    public static String text(String protocol, @Nullable Integer port) {
        return port == null ? protocol : protocol + "/" + port;
    }
}
