package dev.weir.ingest.stream;

import dev.weir.model.config.ConfigException;
import dev.weir.model.config.UnavailableException;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
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
     * A channel to it.
     *
     * @param kind of the collector, for the message
     * @throws UnavailableException when a certificate or key cannot be read
     */
    ManagedChannel channel(String kind) {
        ManagedChannelBuilder<?> builder = Grpc.newChannelBuilder(server, credentials(kind))
                .keepAliveTime(KEEP_ALIVE_S, TimeUnit.SECONDS)
                .keepAliveWithoutCalls(false);
        if (serverName != null) {
            builder.overrideAuthority(serverName);
        }
        return builder.build();
    }

    private ChannelCredentials credentials(String kind) {
        if (!tls) {
            return InsecureChannelCredentials.create();
        }
        try {
            TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
            if (ca != null) {
                builder.trustManager(new File(ca));
            }
            if (certificate != null && key != null) {
                builder.keyManager(new File(certificate), new File(key));
            }
            return builder.build();
        } catch (IOException e) {
            throw new UnavailableException(kind + ": a certificate or key cannot be read: " + e.getMessage()
                    + "; ingest." + kind + ".ca, .certificate and .key must name PEM files");
        }
    }
}
