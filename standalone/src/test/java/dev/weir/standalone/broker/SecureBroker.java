package dev.weir.standalone.broker;

import static org.awaitility.Awaitility.await;

import dev.weir.common.config.UnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.function.Consumer;

/**
 * A broker with a second listener, for clients that use TLS or a login.
 *
 * @param address the second listener, as {@code host:port}
 */
record SecureBroker(EmbeddedBroker broker, String address) implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /**
     * Starts a broker. The broker's settings name the port before the broker listens on it, and another process may
     * bind it meanwhile; the start is repeated with another port then.
     *
     * @param folder folder in which each start has a folder of its own
     * @param listener name of the second listener
     * @param protocol the listener's security protocol
     */
    static SecureBroker start(Path folder, String listener, String protocol, Consumer<Properties> change) {
        return await().atMost(LIMIT)
                .ignoreException(UnavailableException.class)
                .until(() -> startOnce(folder, listener, protocol, change), started -> true);
    }

    private static SecureBroker startOnce(Path folder, String listener, String protocol, Consumer<Properties> change)
            throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String address = "127.0.0.1:" + port;
        // A start that failed may still hold its folder.
        EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka-" + port), 0, settings -> {
            String url = "," + listener + "://" + address;
            add(settings, "listeners", url);
            add(settings, "advertised.listeners", url);
            add(settings, "listener.security.protocol.map", "," + listener + ":" + protocol);
            change.accept(settings);
        });
        return new SecureBroker(broker, address);
    }

    @Override
    public void close() {
        broker.close();
    }

    private static void add(Properties settings, String key, String more) {
        settings.put(key, settings.getProperty(key) + more);
    }
}
