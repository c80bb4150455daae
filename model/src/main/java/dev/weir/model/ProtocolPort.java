package dev.weir.model;

import org.jspecify.annotations.Nullable;

/** Writes a protocol and a port in a word. */
public final class ProtocolPort {
    /** The first port that Linux gives to clients; from it on a port says nothing about a service. */
    public static final int FIRST_EPHEMERAL = 32_768;

    private ProtocolPort() {}

    /** Returns for example {@code TCP/5432}; the protocol alone if there is no port. */
    public static String text(String protocol, @Nullable Integer port) {
        return port == null ? protocol : protocol + "/" + port;
    }
}
