package dev.weir.model;

import org.jspecify.annotations.Nullable;

/** The outcome of a connection, as far as counters and flags of both sides show it. */
public enum ConnectionOutcome {
    ESTABLISHED,
    REFUSED,
    UNANSWERED,
    /** The record holds neither counters nor flags of the answering side. */
    UNKNOWN;

    /** The value of a number that a record does not hold. */
    public static final int ABSENT = -1;

    /** The largest packet that carries no data: IPv6 and TCP headers with options. */
    private static final long BARE_PACKET = 80;

    private static final String TCP = "TCP";

    /** Derives the outcome of a flow that runs from client to server. */
    public static ConnectionOutcome of(Flow flow) {
        Endpoint client = flow.source();
        Endpoint server = flow.destination();
        ConnectionOutcome byNumbers = of(
                flow.protocol(),
                orAbsent(client.tcpFlags()),
                orAbsent(client.packets()),
                orAbsent(server.tcpFlags()),
                orAbsent(server.packets()),
                orAbsent(server.bytes()));
        return byNumbers.withAnswer(flow.l7());
    }

    /** Established if the numbers do not say but the application layer holds an answer, else the same outcome. */
    public ConnectionOutcome withAnswer(@Nullable L7 l7) {
        return this == UNKNOWN && l7 != null && l7.isAnswered() ? ESTABLISHED : this;
    }

    /**
     * Derives the outcome from the numbers of a flow from client to server; {@link #ABSENT} for numbers that it does
     * not hold.
     */
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
        if (serverPackets == ABSENT && serverBytes == ABSENT) {
            return isTcp ? fromClientAlone(clientFlags) : UNKNOWN;
        }
        if (serverPackets <= 0 && serverBytes <= 0) {
            return UNANSWERED;
        }
        boolean oneBareAnswer = serverPackets == 1 && serverBytes != ABSENT && serverBytes <= BARE_PACKET;
        return isTcp && oneBareAnswer && clientPackets == 1 ? REFUSED : ESTABLISHED;
    }

    /**
     * The verdict of the network. If the record holds none, an answer proves that the network forwarded the connection.
     */
    public static Verdict observed(Flow flow) {
        return flow.verdict() == Verdict.UNKNOWN ? observed(flow.verdict(), of(flow)) : flow.verdict();
    }

    /** The verdict of the network for a flow with this verdict and outcome; see {@link #observed(Flow)}. */
    public static Verdict observed(Verdict verdict, ConnectionOutcome outcome) {
        return verdict == Verdict.UNKNOWN && outcome == ESTABLISHED ? Verdict.FORWARDED : verdict;
    }

    /**
     * True if a forwarded flow was observed only where it left: its reporter has not seen the verdict of the other
     * end's node, and no answer shows that it arrived.
     */
    public static boolean isSeenLeavingOnly(Flow flow) {
        return isSeenLeavingOnly(flow.direction(), flow.verdict(), of(flow));
    }

    /**
     * True if a flow with this direction, verdict and outcome was observed only where it left; see {@link
     * #isSeenLeavingOnly(Flow)}.
     */
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

    /** Returns the number, or {@link #ABSENT} for null. */
    public static int orAbsent(@Nullable Integer number) {
        return number == null ? ABSENT : number;
    }

    /** Returns the number, or {@link #ABSENT} for null. */
    public static long orAbsent(@Nullable Long number) {
        return number == null ? ABSENT : number;
    }
}
