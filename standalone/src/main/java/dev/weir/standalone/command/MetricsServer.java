package dev.weir.standalone.command;

import dev.weir.common.config.UnavailableException;
import dev.weir.common.http.HttpLimits;
import dev.weir.common.http.MetricsText;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.util.JavalinBindException;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.util.function.Consumer;

/** Serves the metrics of a process that has no other HTTP server, at {@code /metrics}. */
final class MetricsServer implements AutoCloseable {
    private static final int CONNECTIONS_PER_ADDRESS = 200;

    private final CollectorRegistry registry;
    private final Javalin server;

    private MetricsServer(CollectorRegistry registry, Consumer<String> closed) {
        this.registry = registry;
        this.server = Javalin.create(settings -> {
            settings.startup.showJavalinBanner = false;
            settings.routes.get("/metrics", this::metrics);
            settings.routes.get("/-/healthy", context -> context.result("healthy\n"));
            settings.jetty.modifyServer(open -> HttpLimits.bound(open, CONNECTIONS_PER_ADDRESS, closed));
        });
    }

    /**
     * Starts a server on all addresses of this machine.
     *
     * @param port 0 for any free one
     * @param closed receives the reason of each connection that is closed, see {@link HttpLimits}
     * @throws UnavailableException when the port is taken
     */
    static MetricsServer start(CollectorRegistry registry, int port, Consumer<String> closed) {
        MetricsServer metrics = new MetricsServer(registry, closed);
        try {
            metrics.server.start(port);
        } catch (JavalinBindException e) {
            throw new UnavailableException("metrics cannot be served on port " + port + ": " + e.getMessage()
                    + "; choose another with metrics_port");
        }
        return metrics;
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }

    private void metrics(Context context) throws IOException {
        MetricsText metrics = MetricsText.of(registry, context.header("Accept"));
        context.contentType(metrics.type()).result(metrics.text());
    }
}
