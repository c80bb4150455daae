package dev.weir.standalone.command.collect;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a gRPC connection to a server. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServerOptions {
    @Option(
            names = "--since",
            paramLabel = "DURATION",
            description = "Time before now from which flows are read. Default: 0s")
    @Nullable String since;

    @Option(names = "--tls", description = "Use TLS.")
    private boolean tls;

    @Option(names = "--ca", paramLabel = "FILE", description = "PEM file of the authorities trusted for the server.")
    @Nullable String ca;

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description = "PEM file of the client's certificate chain, for mutual TLS.")
    @Nullable String certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "PEM file of the certificate's private key.")
    @Nullable String key;

    @Option(names = "--server-name", paramLabel = "NAME", description = "Name that the server's certificate must hold.")
    @Nullable String serverName;

    /** Null without the option: then the certificate files decide. */
    @Nullable Boolean tls() {
        return tls ? Boolean.TRUE : null;
    }
}
