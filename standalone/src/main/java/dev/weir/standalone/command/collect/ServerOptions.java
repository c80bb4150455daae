package dev.weir.standalone.command.collect;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a server is spoken to by gRPC. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServerOptions {
    @Option(names = "--since", paramLabel = "DURATION", description = "How far back to begin. Default: 0s")
    @Nullable String since;

    @Option(names = "--tls", description = "Speak TLS.")
    private boolean tls;

    @Option(names = "--ca", paramLabel = "FILE", description = "PEM authorities of the server.")
    @Nullable String ca;

    @Option(names = "--certificate", paramLabel = "FILE", description = "PEM certificate chain, for mutual TLS.")
    @Nullable String certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "PEM private key of the certificate.")
    @Nullable String key;

    @Option(names = "--server-name", paramLabel = "NAME", description = "Name that the server's certificate holds.")
    @Nullable String serverName;

    /** Null when nothing is said: then the files decide. */
    @Nullable Boolean tls() {
        return tls ? Boolean.TRUE : null;
    }
}
