package dev.weir.ingest.collector.netflow;

import dev.weir.common.config.ConfigException;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Sets up TLS for exporters that connect by TCP. */
public final class ExporterTls {
    private ExporterTls() {}

    /**
     * Reads the files of the configuration.
     *
     * @throws ConfigException if a file contains no certificate or key
     */
    public static void checkFiles(NetflowTcpConfig config) {
        context(config);
    }

    /** Creates the TLS context; null if no certificate is configured. Throws as {@link #checkFiles} does. */
    static @Nullable SslContext context(NetflowTcpConfig config) {
        String certificate = config.certificate();
        String key = config.key();
        if (certificate == null || key == null) {
            return null;
        }
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(new File(certificate), new File(key));
            String clientCa = config.clientCa();
            if (clientCa != null) {
                builder.trustManager(new File(clientCa)).clientAuth(ClientAuth.REQUIRE);
            }
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new ConfigException("netflow: the TLS certificate or key cannot be used: " + e.getMessage()
                    + "; ingest.netflow.tcp.certificate, .key and .client_ca must name PEM files");
        }
    }
}
