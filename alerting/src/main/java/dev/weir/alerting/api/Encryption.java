package dev.weir.alerting.api;

import dev.weir.alerting.notify.Secret;
import dev.weir.common.config.ConfigException;
import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Collections;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/** TLS 1.2 and 1.3 with the certificate of a keystore. */
public final class Encryption {
    private final KeyStore keystore;
    private final String password;

    private Encryption(KeyStore keystore, String password) {
        this.keystore = keystore;
        this.password = password;
    }

    /**
     * Opens a keystore.
     *
     * @param file PKCS #12 or JKS file
     * @param passwordFile file with its password; null for an empty one
     * @throws ConfigException if the keystore cannot be opened or holds no private key
     */
    public static Encryption of(String file, @Nullable String passwordFile) {
        String given = Secret.text(null, passwordFile, "alerting.http.keystore_password");
        String password = given == null ? "" : given;
        try {
            KeyStore keystore = KeyStore.getInstance(new File(file), password.toCharArray());
            boolean hasKey = false;
            for (String alias : Collections.list(keystore.aliases())) {
                hasKey |= keystore.isKeyEntry(alias) && keystore.getKey(alias, password.toCharArray()) != null;
            }
            if (!hasKey) {
                throw new ConfigException("alerting.http.keystore: " + file + " holds no private key");
            }
            return new Encryption(keystore, password);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new ConfigException(
                    "alerting.http.keystore: " + file
                            + " cannot be opened; is it PKCS #12 or JKS, and the password in alerting.http.keystore_password_file?");
        }
    }

    Connector connector(Server server, HttpConfiguration http, String host, int port) {
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setKeyStore(keystore);
        context.setKeyStorePassword(password);
        context.setIncludeProtocols("TLSv1.2", "TLSv1.3");
        HttpConfiguration secure = new HttpConfiguration(http);
        // Without Jetty's check of SNI: the client decides whether the certificate fits the name that it used.
        secure.addCustomizer(new SecureRequestCustomizer(false));
        ServerConnector connector = new ServerConnector(
                server, new SslConnectionFactory(context, "http/1.1"), new HttpConnectionFactory(secure));
        connector.setHost(host);
        connector.setPort(port);
        return connector;
    }
}
