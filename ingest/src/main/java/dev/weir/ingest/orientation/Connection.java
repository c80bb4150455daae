package dev.weir.ingest.orientation;

import dev.weir.model.Flow;
import org.jspecify.annotations.Nullable;

/** The two ends of a flow in an order of their own, so that both directions have the same key. */
record Connection(
        String protocol,
        String lowIp,
        int lowPort,
        String highIp,
        int highPort,
        @Nullable String cluster) {
    static Connection of(Flow flow) {
        return isForward(flow)
                ? new Connection(
                        flow.protocol(),
                        flow.source().ip(),
                        port(flow.source().port()),
                        flow.destination().ip(),
                        port(flow.destination().port()),
                        flow.cluster())
                : new Connection(
                        flow.protocol(),
                        flow.destination().ip(),
                        port(flow.destination().port()),
                        flow.source().ip(),
                        port(flow.source().port()),
                        flow.cluster());
    }

    /** Whether the flow's source is the low end. */
    static boolean isForward(Flow flow) {
        int order = flow.source().ip().compareTo(flow.destination().ip());
        return order < 0
                || (order == 0
                        && port(flow.source().port()) <= port(flow.destination().port()));
    }

    private static int port(@Nullable Integer port) {
        return port == null ? -1 : port;
    }
}
