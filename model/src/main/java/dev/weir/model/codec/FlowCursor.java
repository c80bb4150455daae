package dev.weir.model.codec;

import dev.weir.model.ConnectionOutcome;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * The flow that a {@link FlowDecoder} has just read, until it reads the next: the numbers of this one, and who and what it is about
 * in objects that it shares with others of its kind. Two flows with the same object have the same names; with different ones they may.
 */
public final class FlowCursor {
    private final FlowDecoder decoder;
    private final Side source = new Side();
    private final Side destination = new Side();
    private @Nullable FlowTail tail;
    private ConnectionOutcome outcome = ConnectionOutcome.UNKNOWN;
    private long startMs;
    private long endMs;
    private byte @Nullable [] value;
    private @Nullable Flow flow;

    /** One end of the flow. A number that the flow does not tell is {@link ConnectionOutcome#UNTOLD}. */
    public static final class Side {
        private @Nullable Endpoint who;
        int port;
        long bytes;
        long packets;
        int tcpFlags;
        /** Where the address and the names stand in the value. */
        int ipFrom;

        int ipTo;
        int namesFrom;
        int namesTo;

        void clear() {
            who = null;
            port = ConnectionOutcome.UNTOLD;
            bytes = ConnectionOutcome.UNTOLD;
            packets = ConnectionOutcome.UNTOLD;
            tcpFlags = ConnectionOutcome.UNTOLD;
            ipFrom = -1;
        }

        void set(Endpoint end) {
            who = nameOf(end);
            port = ConnectionOutcome.told(end.port());
            bytes = ConnectionOutcome.told(end.bytes());
            packets = ConnectionOutcome.told(end.packets());
            tcpFlags = ConnectionOutcome.told(end.tcpFlags());
        }

        /** Takes a port as it is written; 0 is none. */
        void port(int written) {
            port = written == 0 ? ConnectionOutcome.UNTOLD : written;
        }

        void is(@Nullable Endpoint known) {
            who = known;
        }

        boolean isKnown() {
            return who != null;
        }

        /** Whether the numbers are what an {@link Endpoint} takes. */
        boolean isValid() {
            return ipFrom >= 0 && port <= Endpoint.MAX_PORT && tcpFlags <= Endpoint.MAX_TCP_FLAGS;
        }

        /** An end without what differs from flow to flow. */
        static Endpoint nameOf(Endpoint end) {
            return end.with(end.ip(), null, null, null, null);
        }

        /** Address and names alone. */
        public Endpoint who() {
            if (who == null) {
                throw new IllegalStateException("nothing has been read");
            }
            return who;
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

    /** Stands on a flow that is decoded already. */
    void set(Flow decoded) {
        value = null;
        flow = decoded;
        startMs = decoded.startMs();
        endMs = decoded.endMs();
        source.set(decoded.source());
        destination.set(decoded.destination());
        set(FlowTail.of(decoded));
    }

    /** Stands on a flow of which the sides are set. */
    void set(byte[] encoded, long start, long end, FlowTail shared) {
        value = encoded;
        flow = null;
        startMs = start;
        endMs = end;
        set(shared);
    }

    /** The sides are set. */
    private void set(FlowTail shared) {
        tail = shared;
        outcome = ConnectionOutcome.of(
                shared.protocol(),
                source.tcpFlags,
                source.packets,
                destination.tcpFlags,
                destination.packets,
                destination.bytes);
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

    public FlowTail tail() {
        if (tail == null) {
            throw new IllegalStateException("nothing has been read");
        }
        return tail;
    }

    /** Whether nothing of the flow had to be decoded but its times and counters. */
    public boolean isRecognised() {
        return value != null;
    }

    public ConnectionOutcome outcome() {
        return outcome;
    }

    /** What the network did with it. */
    public Verdict observed() {
        return ConnectionOutcome.observed(tail().verdict(), outcome);
    }

    /** All of the flow. */
    public Flow flow() {
        return later().flow();
    }

    /** The flow for later, when this stands on another. */
    public Later later() {
        return new Later(decoder, value, flow, startMs, endMs, source.port);
    }

    /** A flow that is decoded when somebody asks for it. */
    public static final class Later {
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

        /** {@link ConnectionOutcome#UNTOLD} when the flow does not tell it. */
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
