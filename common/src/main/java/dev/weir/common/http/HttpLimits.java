package dev.weir.common.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectableChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the resources that a slow client can hold of an HTTP server: connections of one address, the time until the
 * header of a request is complete, and the minimum rate of its body. Jetty bounds all addresses together only, and its
 * idle time begins anew with every byte.
 */
public final class HttpLimits extends AbstractLifeCycle implements Connection.Listener {
    /** The reason for closing a connection of an address with too many: an idle one, or the new one. */
    public static final String ADDRESS = "address";
    /** The reason for closing a connection whose request was not complete in time. */
    public static final String SLOW = "slow";

    private static final Duration WHOLE_HEADER = Duration.ofSeconds(10);
    private static final long BODY_BYTES_PER_SECOND = 1_000;
    private static final long SWEEP_MS = 500;

    private final Server server;
    private final int perAddress;
    private final long headerNanos;
    private final Consumer<String> closed;
    private final Map<InetAddress, Integer> counts = new ConcurrentHashMap<>();
    /** The addresses of connections, since a closed connection no longer knows its own. */
    private final Map<Connection, InetAddress> addresses = new ConcurrentHashMap<>();

    private final Map<Connection, Asking> asking = new ConcurrentHashMap<>();

    /**
     * A connection on which a request may be under way.
     *
     * @param sinceNanos earliest start of the request
     * @param idleNanos start of the silence
     * @param bytes sent by the client until then
     * @param requests of the client until then
     */
    private record Asking(long sinceNanos, long idleNanos, long bytes, long requests) {
        static Asking now(Connection connection) {
            long now = System.nanoTime();
            return new Asking(now, now, connection.getBytesIn(), connection.getMessagesIn());
        }

        /** The same connection, still idle: the time of the next request does not include the silence before it. */
        Asking stillIdle() {
            return new Asking(System.nanoTime(), idleNanos, bytes, requests);
        }

        /** True if the last request was answered and no byte of a next one has come. */
        boolean isIdle(Connection connection) {
            return connection.getMessagesIn() > 0
                    && connection.getMessagesIn() == connection.getMessagesOut()
                    && connection.getMessagesIn() == requests
                    && connection.getBytesIn() == bytes;
        }

        /** True if the request is late; an idle connection is left to the server's idle time. */
        boolean isOverdue(Connection connection, long headerNanos) {
            return !isIdle(connection) && System.nanoTime() - sinceNanos > headerNanos;
        }
    }

    private HttpLimits(Server server, int perAddress, Duration header, Consumer<String> closed) {
        this.server = server;
        this.perAddress = perAddress;
        this.headerNanos = header.toNanos();
        this.closed = closed;
    }

    /** Bounds a server before its start, with 10 seconds until the header of a request is complete. */
    public static void bound(Server server, int perAddress, Consumer<String> closed) {
        bound(server, perAddress, WHOLE_HEADER, closed);
    }

    /**
     * Bounds a server before its start.
     *
     * @param perAddress connections that one address may have
     * @param header the time until the header of a request is complete
     * @param closed is called with {@link #ADDRESS} or {@link #SLOW} for each connection that is closed
     */
    public static void bound(Server server, int perAddress, Duration header, Consumer<String> closed) {
        server.addBean(new HttpLimits(server, perAddress, header, closed));
    }

    @Override
    protected void doStart() throws Exception {
        for (Connector connector : server.getConnectors()) {
            connector.addBean(this);
            for (ConnectionFactory factory : connector.getConnectionFactories()) {
                if (factory instanceof HttpConfiguration.ConnectionFactory http) {
                    http.getHttpConfiguration().setMinRequestDataRate(BODY_BYTES_PER_SECOND);
                }
            }
        }
        super.doStart();
        sweep();
    }

    @Override
    public void onOpened(Connection connection) {
        EndPoint end = connection.getEndPoint();
        InetAddress address = address(end);
        if (address != null) {
            addresses.put(connection, address);
        }
        if (address != null && counts.merge(address, 1, Integer::sum) > perAddress) {
            closed.accept(ADDRESS);
            idle(address).orElse(end).close();
        }
        if (!end.isOpen()) {
            return;
        }
        if (!(connection instanceof SslConnection)) {
            asking.put(connection, Asking.now(connection));
        }
    }

    /** The connection of an address that has been idle for the longest time. */
    private Optional<EndPoint> idle(InetAddress address) {
        return asking.entrySet().stream()
                .filter(each -> each.getValue().isIdle(each.getKey()))
                .filter(each -> address.equals(remote(each.getKey().getEndPoint())))
                .min(Comparator.comparingLong(each -> each.getValue().idleNanos()))
                .map(each -> each.getKey().getEndPoint());
    }

    @Override
    public void onClosed(Connection connection) {
        asking.remove(connection);
        InetAddress address = addresses.remove(connection);
        if (address != null) {
            counts.computeIfPresent(address, (any, count) -> count == 1 ? null : count - 1);
        }
    }

    /** The address of a TCP connection; null for a layer within one, such as the plain text within TLS. */
    private static @Nullable InetAddress address(EndPoint end) {
        return end instanceof SelectableChannelEndPoint ? remote(end) : null;
    }

    private static @Nullable InetAddress remote(EndPoint end) {
        return end.getRemoteSocketAddress() instanceof InetSocketAddress internet ? internet.getAddress() : null;
    }

    private void sweep() {
        asking.forEach((connection, since) -> {
            boolean isAnswered = connection.getMessagesIn() > connection.getMessagesOut();
            if (isAnswered || connection.getMessagesIn() != since.requests()) {
                asking.replace(connection, Asking.now(connection));
            } else if (since.isIdle(connection)) {
                asking.replace(connection, since.stillIdle());
            } else if (since.isOverdue(connection, headerNanos)) {
                closed.accept(SLOW);
                connection.getEndPoint().close();
            }
        });
        if (isRunning() || isStarting()) {
            var unused = server.getScheduler().schedule(this::sweep, SWEEP_MS, TimeUnit.MILLISECONDS);
        }
    }
}
