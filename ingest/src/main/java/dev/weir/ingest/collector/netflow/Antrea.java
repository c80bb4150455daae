package dev.weir.ingest.collector.netflow;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The information elements that Antrea's flow exporter and flow aggregator add to the standard ones: enterprise
 * {@value #ENTERPRISE}. Empty texts are absent.
 */
final class Antrea {
    static final int ENTERPRISE = 56506;

    private static final int INTER_NODE = 2;
    private static final int ALLOW = 1;

    @Nullable String sourceNamespace;

    @Nullable String sourcePod;

    @Nullable String destinationNamespace;

    @Nullable String destinationPod;

    @Nullable String sourceNode;

    @Nullable String destinationNode;
    /** The Service as {@code namespace/service:port}. */
    @Nullable String servicePort;

    @Nullable String tcpState;

    private int ingressAction;
    private int egressAction;
    private int flowType;

    void read(int element, ByteBuf value) {
        switch (element) {
            case 100 -> sourceNamespace = text(value);
            case 101 -> sourcePod = text(value);
            case 102 -> destinationNamespace = text(value);
            case 103 -> destinationPod = text(value);
            case 104 -> sourceNode = text(value);
            case 105 -> destinationNode = text(value);
            case 109 -> servicePort = text(value);
            case 136 -> tcpState = text(value);
            case 137 -> flowType = (int) RecordReader.number(value);
            case 139 -> ingressAction = (int) RecordReader.number(value);
            case 140 -> egressAction = (int) RecordReader.number(value);
            default -> {
                // Other elements are names of policies, and counters of each node, with which the totals of both agree.
            }
        }
    }

    /** Returns the verdict if a policy dropped or rejected the flow; null if the record contains no policy's action. */
    @Nullable Boolean denied() {
        if (ingressAction == 0 && egressAction == 0) {
            return null;
        }
        return ingressAction > ALLOW || egressAction > ALLOW;
    }

    /** True if the record names only one pod of a flow between nodes: the other node reports the other end. */
    boolean lacksAnEnd() {
        return flowType == INTER_NODE && (sourcePod == null) != (destinationPod == null);
    }

    /** Returns the Service's name; null without one. */
    @Nullable String service() {
        String port = servicePort;
        if (port == null) {
            return null;
        }
        int colon = port.indexOf(':');
        return port.substring(port.indexOf('/') + 1, colon < 0 ? port.length() : colon);
    }

    private static @Nullable String text(ByteBuf value) {
        String text = value.toString(StandardCharsets.UTF_8);
        return text.isEmpty() ? null : text;
    }
}
