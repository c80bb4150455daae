package dev.weir.ingest.stream;

import dev.weir.common.config.ConfigException;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ManagedChannelRegistry;
import io.grpc.TlsChannelCredentials;
import java.io.File;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The address of a gRPC server and its TLS settings.
 *
 * @param server {@code host:port}
 * @param tls true to use TLS
 * @param ca PEM file with the authorities that the server's certificate must come from; null for the JDK's
 * @param certificate PEM file with the client's certificate chain, for mutual TLS
 * @param key PEM file with the certificate's private key
 * @param serverName name that the server's certificate must contain; null for the host
 */
public record StreamServer(
        String server,
        boolean tls,
        @Nullable String ca,
        @Nullable String certificate,
        @Nullable String key,
        @Nullable String serverName) {
    private static final long KEEP_ALIVE_S = 30;

    private interface Files {
        void read() throws IOException;
    }

    /**
     * Creates the settings; without {@code tls}, TLS is on if any of the files is given.
     *
     * @throws ConfigException if settings contradict each other; it names them
     */
    public static StreamServer of(
            String server,
            @Nullable Boolean tls,
            @Nullable String ca,
            @Nullable String certificate,
            @Nullable String key,
            @Nullable String serverName) {
        if (!server.matches(".+:[0-9]{1,5}")) {
            throw new ConfigException("server '" + server + "' is not host:port");
        }
        if ((certificate == null) != (key == null)) {
            throw new ConfigException("certificate and key must both be given");
        }
        boolean speaks = tls == null ? ca != null || certificate != null : tls;
        return new StreamServer(server, speaks, ca, certificate, key, serverName);
    }

    /**
     * Reads the files as {@link #channel} does, without connecting.
     *
     * @param kind kind of the collector, for the message
     * @throws ConfigException if a file contains no certificate or key
     */
    public void checkFiles(String kind) {
        var unused = channel(kind).shutdownNow();
    }

    /**
     * Creates a channel to the server.
     *
     * @param kind kind of the collector, for the message
     * @throws ConfigException if a file contains no certificate or key
     */
    ManagedChannel channel(String kind) {
        ManagedChannelBuilder<?> builder = builder("ingest." + kind)
                .keepAliveTime(KEEP_ALIVE_S, TimeUnit.SECONDS)
                .keepAliveWithoutCalls(false);
        if (serverName != null) {
            builder.overrideAuthority(serverName);
        }
        return builder.build();
    }

    private ManagedChannelBuilder<?> builder(String section) {
        if (!tls) {
            return Grpc.newChannelBuilder(server, InsecureChannelCredentials.create());
        }
        TlsChannelCredentials.Builder files = TlsChannelCredentials.newBuilder();
        ManagedChannelBuilder<?> builder = Grpc.newChannelBuilder(server, files.build());
        if (ca != null) {
            builder = with(
                    files,
                    () -> files.trustManager(new File(ca)),
                    section + ".ca: " + ca + ": must be a PEM file with certificates");
        }
        if (certificate != null && key != null) {
            builder = with(
                    files,
                    () -> files.keyManager(new File(certificate), new File(key)),
                    section + ".certificate and .key: " + certificate + ", " + key
                            + ": must be PEM files with a certificate and its private key, which is not encrypted");
        }
        return builder;
    }

    /** Adds one file after the other, so that the message names the invalid one; only the builder reads them. */
    private ManagedChannelBuilder<?> with(TlsChannelCredentials.Builder files, Files more, String message) {
        try {
            more.read();
            return Grpc.newChannelBuilder(server, files.build());
        } catch (IOException e) {
            throw new ConfigException(message + ": " + e.getMessage());
        } catch (IllegalArgumentException | ManagedChannelRegistry.ProviderNotFoundException e) {
            // The library's messages name classes instead of files.
            throw new ConfigException(message);
        }
    }
}
