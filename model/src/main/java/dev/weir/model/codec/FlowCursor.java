package dev.weir.model.codec;

import dev.weir.model.ConnectionOutcome;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * A view on the flow that a {@link FlowDecoder} has just read, valid until it reads the next. Numbers are those of this
 * flow; names and attributes stand in objects that equal flows share. Two flows with the same object have the same
 * names; two flows with different objects may have them as well.
 */
public final class FlowCursor {
    private final FlowDecoder decoder;
    private final Side source = new Side();
    private final Side destination = new Side();
    private @Nullable FlowAttributes attributes;
    private ConnectionOutcome outcome = ConnectionOutcome.UNKNOWN;
    private long startMs;
    private long endMs;
    private byte @Nullable [] value;
    private @Nullable Flow flow;

    /** One end of the flow. A number that the flow does not hold is {@link ConnectionOutcome#ABSENT}. */
    public static final class Side {
        private @Nullable Endpoint endpoint;
        int port;
        long bytes;
        long packets;
        int tcpFlags;
        /** The places of the address and the names in the value. */
        int ipFrom;

        int ipTo;
        int namesFrom;
        int namesTo;

        void clear() {
            endpoint = null;
            port = ConnectionOutcome.ABSENT;
            bytes = ConnectionOutcome.ABSENT;
            packets = ConnectionOutcome.ABSENT;
            tcpFlags = ConnectionOutcome.ABSENT;
            ipFrom = -1;
        }

        void set(Endpoint end) {
            endpoint = withoutCounters(end);
            port = ConnectionOutcome.orAbsent(end.port());
            bytes = ConnectionOutcome.orAbsent(end.bytes());
            packets = ConnectionOutcome.orAbsent(end.packets());
            tcpFlags = ConnectionOutcome.orAbsent(end.tcpFlags());
        }

        /** Sets the port as written; 0 means none. */
        void port(int written) {
            port = written == 0 ? ConnectionOutcome.ABSENT : written;
        }

        void is(@Nullable Endpoint known) {
            endpoint = known;
        }

        boolean isKnown() {
            return endpoint != null;
        }

        /** True if the numbers are valid for an {@link Endpoint}. */
        boolean isValid() {
            return ipFrom >= 0 && port <= Endpoint.MAX_PORT && tcpFlags <= Endpoint.MAX_TCP_FLAGS;
        }

        /** Returns the end without the parts that differ from flow to flow. */
        static Endpoint withoutCounters(Endpoint end) {
            return end.with(end.ip(), null, null, null, null);
        }

        /** Address and names alone, without counters. */
        public Endpoint endpoint() {
            if (endpoint == null) {
                throw new IllegalStateException("nothing has been read");
            }
            return endpoint;
        }

        public int port() {
            return port;
        }

        public long bytes() {
            return bytes;
        }

        public long packets() {
            return packets;
        }

        public int tcpFlags() {
            return tcpFlags;
        }
    }

    FlowCursor(FlowDecoder decoder) {
        this.decoder = decoder;
    }

    /** Moves to a flow that is decoded already. */
    void set(Flow decoded) {
        value = null;
        flow = decoded;
        startMs = decoded.startMs();
        endMs = decoded.endMs();
        source.set(decoded.source());
        destination.set(decoded.destination());
        set(FlowAttributes.of(decoded));
    }

    /** Moves to a flow whose sides are set. */
    void set(byte[] encoded, long start, long end, FlowAttributes shared) {
        value = encoded;
        flow = null;
        startMs = start;
        endMs = end;
        set(shared);
    }

    /** Finishes a move to another flow: reads its attributes, once its sides are set. */
    private void set(FlowAttributes shared) {
        attributes = shared;
        ConnectionOutcome byNumbers = ConnectionOutcome.of(
                shared.protocol(),
                source.tcpFlags,
                source.packets,
                destination.tcpFlags,
                destination.packets,
                destination.bytes);
        outcome = byNumbers.withAnswer(shared.l7());
    }

    public long startMs() {
        return startMs;
    }

    public long endMs() {
        return endMs;
    }

    public Side source() {
        return source;
    }

    public Side destination() {
        return destination;
    }

    public FlowAttributes attributes() {
        if (attributes == null) {
            throw new IllegalStateException("nothing has been read");
        }
        return attributes;
    }

    /** True if only the times and counters of the flow were decoded, and all else was recognised by its bytes. */
    public boolean isRecognised() {
        return value != null;
    }

    public ConnectionOutcome outcome() {
        return outcome;
    }

    /** The verdict of the network; see {@link ConnectionOutcome#observed}. */
    public Verdict observed() {
        return ConnectionOutcome.observed(attributes().verdict(), outcome);
    }

    /** Decodes the whole flow. */
    public Flow flow() {
        return later().flow();
    }

    /** Returns a handle that decodes the flow later, when the cursor stands on another. */
    public Later later() {
        return new Later(decoder, value, flow, startMs, endMs, source.port);
    }

    /** A flow that is decoded at its first use. */
    public static final class Later {
        private static final int ORDINARY_BYTES = 1_024;

        private final FlowDecoder decoder;
        private final byte @Nullable [] value;
        private @Nullable Flow flow;
        private final long startMs;
        private final long endMs;
        private final int sourcePort;

        private Later(
                FlowDecoder decoder,
                byte @Nullable [] value,
                @Nullable Flow flow,
                long startMs,
                long endMs,
                int sourcePort) {
            this.decoder = decoder;
            this.value = value;
            this.flow = flow;
            this.startMs = startMs;
            this.endMs = endMs;
            this.sourcePort = sourcePort;
        }

        public long startMs() {
            return startMs;
        }

        public long endMs() {
            return endMs;
        }

        /** The number of ordinary flows that take as much memory, beside one. */
        public int surplus() {
            if (value != null) {
                return value.length / ORDINARY_BYTES;
            }
            return flow == null ? 0 : flow.weight() - 1;
        }

        /** The flow as protobuf; null if it was read in another form, or has been decoded at once. */
        byte @Nullable [] encoded() {
            return value == null || FlowCodec.isJson(value) ? null : value;
        }

        /** The source port; {@link ConnectionOutcome#ABSENT} when the flow does not hold it. */
        public int sourcePort() {
            return sourcePort;
        }

        public Flow flow() {
            Flow known = flow;
            if (known == null) {
                if (value == null) {
                    throw new IllegalStateException("nothing has been read");
                }
                known = decoder.decode(value);
                flow = known;
            }
            return known;
        }
    }
}
