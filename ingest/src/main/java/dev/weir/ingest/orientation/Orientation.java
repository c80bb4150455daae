package dev.weir.ingest.orientation;

import dev.weir.common.Nullables;
import dev.weir.ingest.orientation.OrientationDecision.Criterion;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.L7;
import dev.weir.model.ProtocolPort;
import dev.weir.model.TcpFlags;
import dev.weir.model.Verdict;
import java.util.Comparator;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which side of a record opened the connection, by the first of these criteria that applies:
 *
 * <ol>
 *   <li><b>the record</b>: {@code is_reply} as the source says;
 *   <li><b>flags</b>: a TCP side that sent SYN without ACK opened it. One that sent RST with ACK and nothing else
 *       answered a connection attempt, if the record contains only this side;
 *   <li><b>ports</b>: a port below 1024 against one above it, or one outside the ephemeral range (32768 and up, Linux'
 *       default) against one inside it, is the server's;
 *   <li><b>sent</b>: a side that sent no packet when the other did opened nothing;
 *   <li><b>first seen</b>: of two halves, the one that began first.
 * </ol>
 *
 * If none applies, the record stays as it is.
 */
public final class Orientation {
    private static final int FIRST_UNPRIVILEGED = 1024;

    private Orientation() {}

    /** Decides about one record by itself. */
    public static OrientationDecision of(Flow flow) {
        if (flow.isReply() != null) {
            return new OrientationDecision(flow.isReply(), Criterion.RECORD);
        }
        OrientationDecision byFlags = byFlags(flow);
        OrientationDecision decision = byFlags != null ? byFlags : byPorts(flow);
        boolean isSilent = isSilent(flow.source()) && hasSent(flow.destination());
        return decision.by() == Criterion.NOTHING && isSilent
                ? new OrientationDecision(true, Criterion.SENT)
                : decision;
    }

    /** True if the endpoint sent no packet. Without packet counters this is unknown. */
    private static boolean isSilent(Endpoint end) {
        Long packets = end.packets();
        Long bytes = end.bytes();
        return packets != null && packets == 0 && (bytes == null || bytes == 0);
    }

    private static boolean hasSent(Endpoint end) {
        Long packets = end.packets();
        return packets != null && packets > 0;
    }

    private static @Nullable OrientationDecision byFlags(Flow flow) {
        Integer flags = flow.source().tcpFlags();
        if (flags == null || flags == 0) {
            return null;
        }
        boolean syn = (flags & TcpFlags.SYN) != 0;
        boolean ack = (flags & TcpFlags.ACK) != 0;
        if (syn && !ack) {
            return new OrientationDecision(false, Criterion.FLAGS);
        }
        boolean onlyRefusal = flags == (TcpFlags.RST | TcpFlags.ACK);
        return onlyRefusal && isHalf(flow) ? new OrientationDecision(true, Criterion.FLAGS) : null;
    }

    private static OrientationDecision byPorts(Flow flow) {
        Boolean fromServer =
                isFromServer(flow.source().port(), flow.destination().port());
        return fromServer == null
                ? new OrientationDecision(false, Criterion.NOTHING)
                : new OrientationDecision(fromServer, Criterion.PORTS);
    }

    /**
     * Returns whether packets from one port to the other come from the server; null if the ports do not show it. Port 0
     * is none.
     */
    public static @Nullable Boolean isFromServer(@Nullable Integer from, @Nullable Integer to) {
        if (from == null || to == null || from == 0 || to == 0) {
            return null;
        }
        if ((from < FIRST_UNPRIVILEGED) != (to < FIRST_UNPRIVILEGED)) {
            return from < FIRST_UNPRIVILEGED;
        }
        boolean isFixed = from < ProtocolPort.FIRST_EPHEMERAL;
        return isFixed == to < ProtocolPort.FIRST_EPHEMERAL ? null : (Boolean) isFixed;
    }

    /** True if the record contains one direction only. */
    static boolean isHalf(Flow flow) {
        Endpoint destination = flow.destination();
        return destination.packets() == null && destination.bytes() == null;
    }

    /** Returns the record with source and destination exchanged, and no longer a reply. */
    public static Flow turned(Flow flow) {
        return notReply(flow.withEndpoints(flow.destination(), flow.source()));
    }

    static Flow notReply(Flow flow) {
        return flow.toBuilder()
                .isReply(flow.isReply() == null ? null : Boolean.FALSE)
                .build();
    }

    /**
     * Merges two halves of one connection, each from its own sender's view, into a flow that the first's source opened.
     */
    static Flow merged(Flow opener, Flow answer) {
        Endpoint source = combined(opener.source(), answer.destination());
        Endpoint destination = combined(answer.source(), opener.destination());
        return opener.toBuilder()
                .startMs(Math.min(opener.startMs(), answer.startMs()))
                .endMs(Math.max(opener.endMs(), answer.endMs()))
                .source(source)
                .destination(destination)
                .verdict(worse(opener.verdict(), answer.verdict()))
                .dropReason(Nullables.first(opener.dropReason(), answer.dropReason()))
                .isReply(opener.isReply() == null ? null : Boolean.FALSE)
                .encrypted(Nullables.first(opener.encrypted(), answer.encrypted()))
                .sampling(Nullables.first(opener.sampling(), answer.sampling()))
                .lostPercent(larger(opener.lostPercent(), answer.lostPercent()))
                .tunnel(Nullables.first(opener.tunnel(), answer.tunnel()))
                .l7(L7.joined(opener.l7(), answer.l7()))
                .build();
    }

    /** Joins two reports of one whole flow: the names of either, and the larger counters. */
    public static Flow joined(Flow first, Flow second) {
        return first.toBuilder()
                .startMs(Math.min(first.startMs(), second.startMs()))
                .endMs(Math.max(first.endMs(), second.endMs()))
                .source(joined(first.source(), second.source()))
                .destination(joined(first.destination(), second.destination()))
                .verdict(worse(first.verdict(), second.verdict()))
                .dropReason(Nullables.first(first.dropReason(), second.dropReason()))
                .direction(first.direction() == second.direction() ? first.direction() : null)
                .encrypted(Nullables.first(first.encrypted(), second.encrypted()))
                .reporter(first.reporter() + "," + second.reporter())
                .lostPercent(larger(first.lostPercent(), second.lostPercent()))
                .tunnel(Nullables.first(first.tunnel(), second.tunnel()))
                .l7(L7.joined(first.l7(), second.l7()))
                .build();
    }

    private static Endpoint joined(Endpoint first, Endpoint second) {
        return combined(first, second)
                .withCounters(
                        larger(first.bytes(), second.bytes()),
                        larger(first.packets(), second.packets()),
                        Nullables.combined(first.tcpFlags(), second.tcpFlags(), (a, b) -> a | b));
    }

    private static <T extends Comparable<T>> @Nullable T larger(@Nullable T a, @Nullable T b) {
        return Nullables.combined(a, b, BinaryOperator.maxBy(Comparator.naturalOrder()));
    }

    /** Returns an endpoint as its own half reports it, with the fields that only the other half contains. */
    private static Endpoint combined(Endpoint own, Endpoint fromOther) {
        return own.toBuilder()
                .port(Nullables.first(own.port(), fromOther.port()))
                .namespace(Nullables.first(own.namespace(), fromOther.namespace()))
                .pod(Nullables.first(own.pod(), fromOther.pod()))
                .workload(Nullables.first(own.workload(), fromOther.workload()))
                .workloadKind(Nullables.first(own.workloadKind(), fromOther.workloadKind()))
                .labels(Nullables.first(own.labels(), fromOther.labels()))
                .node(Nullables.first(own.node(), fromOther.node()))
                .service(Nullables.first(own.service(), fromOther.service()))
                .names(Nullables.first(own.names(), fromOther.names()))
                .zone(Nullables.first(own.zone(), fromOther.zone()))
                .network(Nullables.first(own.network(), fromOther.network()))
                .country(Nullables.first(own.country(), fromOther.country()))
                .build();
    }

    private static Verdict worse(Verdict a, Verdict b) {
        if (a == Verdict.DROPPED || b == Verdict.DROPPED) {
            return Verdict.DROPPED;
        }
        return a == Verdict.UNKNOWN ? b : a;
    }
}
