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
 * Bounds what a client can hold of an HTTP server by asking slowly: connections of one address, the time until the header of a
 * request is whole, and the least rate at which its body comes. Jetty has a limit for all addresses together only, and its idle
 * time begins anew with every byte.
 */
public final class HttpLimits extends AbstractLifeCycle implements Connection.Listener {
    /** A connection was closed because its address had too many: one that is idle, or the new one. */
    public static final String ADDRESS = "address";
    /** A connection was closed because its request was not whole in time. */
    public static final String SLOW = "slow";

    private static final Duration WHOLE_HEADER = Duration.ofSeconds(10);
    private static final long BODY_BYTES_PER_SECOND = 1_000;
    private static final long SWEEP_MS = 500;

    private final Server server;
    private final int perAddress;
    private final long headerNanos;
    private final Consumer<String> closed;
    private final Map<InetAddress, Integer> counts = new ConcurrentHashMap<>();
    /** A connection that is closed does not know its address any more. */
    private final Map<Connection, InetAddress> addresses = new ConcurrentHashMap<>();

    private final Map<Connection, Asking> asking = new ConcurrentHashMap<>();

    /**
     * A client that may be about to ask.
     *
     * @param sinceNanos since when, at the earliest
     * @param idleNanos since when it has asked nothing
     * @param bytes what it had sent by then
     * @param requests what it had asked by then
     */
    private record Asking(long sinceNanos, long idleNanos, long bytes, long requests) {
        static Asking now(Connection connection) {
            long now = System.nanoTime();
            return new Asking(now, now, connection.getBytesIn(), connection.getMessagesIn());
        }

        /** The same, still idle: the time of a request that begins next is not that of the silence before it. */
        Asking stillIdle() {
            return new Asking(System.nanoTime(), idleNanos, bytes, requests);
        }

        /** Whether it has been answered and has not begun to ask again. */
        boolean isIdle(Connection connection) {
            return connection.getMessagesIn() > 0
                    && connection.getMessagesIn() == connection.getMessagesOut()
                    && connection.getMessagesIn() == requests
                    && connection.getBytesIn() == bytes;
        }

        /** An idle connection is left to the idle time of the server. */
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

    /** Bounds a server that has not been started; the header of a request is to be whole in 10 seconds. */
    public static void bound(Server server, int perAddress, Consumer<String> closed) {
        bound(server, perAddress, WHOLE_HEADER, closed);
    }

    /**
     * Bounds a server that has not been started.
     *
     * @param perAddress connections that one address may have
     * @param header the time until the header of a request is whole
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

    /** The connection of an address that has been answered and has asked nothing for the longest time. */
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

    /** The address of a TCP connection; null for what is inside of one, such as the plain text within TLS. */
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
