package dev.weir.model;

import org.jspecify.annotations.Nullable;

/** What became of a connection, as far as counters and flags of both sides tell. */
public enum ConnectionOutcome {
    ESTABLISHED,
    REFUSED,
    UNANSWERED,
    /** The record holds neither counters nor flags of the answering side. */
    UNKNOWN;

    /** The largest packet that carries no data: IPv6 and TCP headers with options. */
    private static final long BARE_PACKET = 80;

    private static final String TCP = "TCP";

    /** Reads the outcome off a flow that runs from client to server. */
    public static ConnectionOutcome of(Flow flow) {
        Endpoint server = flow.destination();
        if (flow.protocol().equals(TCP)) {
            return tcp(flow.source(), server);
        }
        if (server.packets() == null && server.bytes() == null) {
            return UNKNOWN;
        }
        return isNothing(server.packets()) && isNothing(server.bytes()) ? UNANSWERED : ESTABLISHED;
    }

    /** What the network did, where the record does not say: an answer proves that it let the connection pass. */
    public static Verdict observed(Flow flow) {
        if (flow.verdict() != Verdict.UNKNOWN) {
            return flow.verdict();
        }
        ConnectionOutcome outcome = of(flow);
        return outcome == ESTABLISHED ? Verdict.FORWARDED : Verdict.UNKNOWN;
    }

    /**
     * Whether a flow that was let through is known only where it left: whoever told it has not seen what the other end's
     * node did with it, and no answer shows that it arrived.
     */
    public static boolean isSeenLeavingOnly(Flow flow) {
        return flow.direction() == Direction.EGRESS && flow.verdict() == Verdict.FORWARDED && of(flow) != ESTABLISHED;
    }

    private static ConnectionOutcome tcp(Endpoint client, Endpoint server) {
        Integer serverFlags = server.tcpFlags();
        Integer clientFlags = client.tcpFlags();
        if (serverFlags != null && serverFlags != 0) {
            return (serverFlags & TcpFlags.SYN) == 0 && (serverFlags & TcpFlags.RST) != 0 ? REFUSED : ESTABLISHED;
        }
        if (server.packets() == null && server.bytes() == null) {
            return fromClientAlone(clientFlags);
        }
        if (isNothing(server.packets()) && isNothing(server.bytes())) {
            return UNANSWERED;
        }
        boolean oneBareAnswer = server.packets() != null
                && server.packets() == 1
                && server.bytes() != null
                && server.bytes() <= BARE_PACKET;
        boolean oneAttempt = client.packets() != null && client.packets() == 1;
        return oneBareAnswer && oneAttempt ? REFUSED : ESTABLISHED;
    }

    /** A client that acknowledges has been answered; one that only ever sent SYN has not. */
    private static ConnectionOutcome fromClientAlone(@Nullable Integer clientFlags) {
        if (clientFlags == null || clientFlags == 0) {
            return UNKNOWN;
        }
        if ((clientFlags & TcpFlags.ACK) != 0) {
            return ESTABLISHED;
        }
        return clientFlags == TcpFlags.SYN ? UNANSWERED : UNKNOWN;
    }

    private static boolean isNothing(@Nullable Long counter) {
        return counter == null || counter == 0;
    }
}
