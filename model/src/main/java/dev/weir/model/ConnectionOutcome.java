package dev.weir.model;

import org.jspecify.annotations.Nullable;

/** What became of a connection, as far as counters and flags of both sides tell. */
public enum ConnectionOutcome {
    ESTABLISHED,
    REFUSED,
    UNANSWERED,
    /** The record holds neither counters nor flags of the answering side. */
    UNKNOWN;

    /** In place of a number that a record does not tell. */
    public static final int UNTOLD = -1;

    /** The largest packet that carries no data: IPv6 and TCP headers with options. */
    private static final long BARE_PACKET = 80;

    private static final String TCP = "TCP";

    /** Reads the outcome off a flow that runs from client to server. */
    public static ConnectionOutcome of(Flow flow) {
        Endpoint client = flow.source();
        Endpoint server = flow.destination();
        return of(
                flow.protocol(),
                told(client.tcpFlags()),
                told(client.packets()),
                told(server.tcpFlags()),
                told(server.packets()),
                told(server.bytes()));
    }

    /** Reads the outcome off what a flow from client to server tells; {@link #UNTOLD} for what it does not. */
    public static ConnectionOutcome of(
            String protocol,
            int clientFlags,
            long clientPackets,
            int serverFlags,
            long serverPackets,
            long serverBytes) {
        boolean isTcp = protocol.equals(TCP);
        if (isTcp && serverFlags > 0) {
            return (serverFlags & TcpFlags.SYN) == 0 && (serverFlags & TcpFlags.RST) != 0 ? REFUSED : ESTABLISHED;
        }
        if (serverPackets == UNTOLD && serverBytes == UNTOLD) {
            return isTcp ? fromClientAlone(clientFlags) : UNKNOWN;
        }
        if (serverPackets <= 0 && serverBytes <= 0) {
            return UNANSWERED;
        }
        boolean oneBareAnswer = serverPackets == 1 && serverBytes != UNTOLD && serverBytes <= BARE_PACKET;
        return isTcp && oneBareAnswer && clientPackets == 1 ? REFUSED : ESTABLISHED;
    }

    /** What the network did, where the record does not say: an answer proves that it let the connection pass. */
    public static Verdict observed(Flow flow) {
        return flow.verdict() == Verdict.UNKNOWN ? observed(flow.verdict(), of(flow)) : flow.verdict();
    }

    /** As {@link #observed(Flow)}, of a flow with this verdict and outcome. */
    public static Verdict observed(Verdict verdict, ConnectionOutcome outcome) {
        return verdict == Verdict.UNKNOWN && outcome == ESTABLISHED ? Verdict.FORWARDED : verdict;
    }

    /**
     * Whether a flow that was let through is known only where it left: whoever told it has not seen what the other end's
     * node did with it, and no answer shows that it arrived.
     */
    public static boolean isSeenLeavingOnly(Flow flow) {
        return isSeenLeavingOnly(flow.direction(), flow.verdict(), of(flow));
    }

    /** As {@link #isSeenLeavingOnly(Flow)}, of a flow with this direction, verdict and outcome. */
    public static boolean isSeenLeavingOnly(@Nullable Direction direction, Verdict verdict, ConnectionOutcome outcome) {
        return direction == Direction.EGRESS && verdict == Verdict.FORWARDED && outcome != ESTABLISHED;
    }

    /** A client that acknowledges has been answered; one that only ever sent SYN has not. */
    private static ConnectionOutcome fromClientAlone(int flags) {
        if (flags <= 0) {
            return UNKNOWN;
        }
        if ((flags & TcpFlags.ACK) != 0) {
            return ESTABLISHED;
        }
        return flags == TcpFlags.SYN ? UNANSWERED : UNKNOWN;
    }

    /** A number that a record may not tell, as one that is {@link #UNTOLD} then. */
    public static int told(@Nullable Integer number) {
        return number == null ? UNTOLD : number;
    }

    /** As {@link #told(Integer)}. */
    public static long told(@Nullable Long number) {
        return number == null ? UNTOLD : number;
    }
}
