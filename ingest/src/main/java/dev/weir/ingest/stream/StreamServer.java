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
 * A server and how it is spoken to.
 *
 * @param server {@code host:port}
 * @param tls whether to speak TLS
 * @param ca PEM file with the authorities that the server's certificate must come from; null for the JDK's
 * @param certificate PEM file with the client's certificate chain, for mutual TLS
 * @param key PEM file with its private key
 * @param serverName name that the server's certificate must hold; null for the host
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
     * TLS is on when any of the files is given, unless it is said otherwise.
     *
     * @throws ConfigException saying what does not go together
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
            throw new ConfigException("certificate and key go together");
        }
        boolean speaks = tls == null ? ca != null || certificate != null : tls;
        return new StreamServer(server, speaks, ca, certificate, key, serverName);
    }

    /**
     * Opens the files as {@link #channel} does, and connects to nothing.
     *
     * @param kind of the collector, for the message
     * @throws ConfigException when a file holds no certificate or key
     */
    public void checkFiles(String kind) {
        var unused = channel(kind).shutdownNow();
    }

    /**
     * A channel to it.
     *
     * @param kind of the collector, for the message
     * @throws ConfigException when a file holds no certificate or key
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

    /** One file after the other, so that the message names the one that is wrong; a builder is what looks into it. */
    private ManagedChannelBuilder<?> with(TlsChannelCredentials.Builder files, Files more, String message) {
        try {
            more.read();
            return Grpc.newChannelBuilder(server, files.build());
        } catch (IOException e) {
            throw new ConfigException(message + ": " + e.getMessage());
        } catch (IllegalArgumentException | ManagedChannelRegistry.ProviderNotFoundException e) {
            // Their messages are about classes.
            throw new ConfigException(message);
        }
    }
}
