package dev.weir.ingest.orientation;

import dev.weir.common.Ip;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import org.jspecify.annotations.Nullable;

/** The two endpoints of a flow in a fixed order, so that both directions have the same key. */
record ConnectionKey(
        String protocol,
        String low,
        int lowPort,
        String high,
        int highPort,
        @Nullable String cluster) {
    static ConnectionKey of(Flow flow) {
        Endpoint low = isForward(flow) ? flow.source() : flow.destination();
        Endpoint high = isForward(flow) ? flow.destination() : flow.source();
        return new ConnectionKey(
                flow.protocol(), who(low), port(low.port()), who(high), port(high.port()), flow.cluster());
    }

    /** True if the flow's source is the low endpoint. */
    static boolean isForward(Flow flow) {
        int order = who(flow.source()).compareTo(who(flow.destination()));
        return order < 0
                || (order == 0
                        && port(flow.source().port()) <= port(flow.destination().port()));
    }

    /** Returns the address; the name of an endpoint whose address the source does not report. */
    private static String who(Endpoint end) {
        if (!Ip.isUnspecified(end.ip())) {
            return end.ip();
        }
        String name = end.pod() != null ? end.pod() : end.workload() != null ? end.workload() : end.node();
        return end.namespace() + "/" + name;
    }

    private static int port(@Nullable Integer port) {
        return port == null ? -1 : port;
    }
}
