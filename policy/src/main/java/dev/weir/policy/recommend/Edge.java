package dev.weir.policy.recommend;

import dev.weir.common.Millis;
import dev.weir.model.ConnectionOutcome;
import dev.weir.model.Direction;
import dev.weir.model.Flow;
import dev.weir.model.ProtocolPort;
import dev.weir.model.Verdict;
import dev.weir.policy.cluster.Workload;
import dev.weir.policy.replay.Cadence;
import dev.weir.policy.replay.RecordedEnd;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The recorded flows between two ends on one port. */
final class Edge {
    private static final int FLOOD_A_MINUTE = 100;
    private static final int MAX_DAYS = 400;
    private static final int MAX_ADDRESSES = 1_000;
    private static final long LONG_CONNECTION_MS = 600_000;

    private final Key key;
    private final TreeSet<String> sourceIps = new TreeSet<>();
    private final TreeSet<String> destinationIps = new TreeSet<>();
    private final TreeSet<String> names = new TreeSet<>();
    private boolean isNameless;
    private final Cadence cadence = new Cadence();
    private final TreeSet<Long> days = new TreeSet<>();
    private long failed;
    private boolean lasting;
    private long answered;
    private long busiestMinute;
    private long minute;
    private long inMinute;

    /**
     * The key of an edge.
     *
     * @param source null for an end that is no workload
     * @param sourceName workload or address, as shown
     * @param port null when none is known
     */
    record Key(
            @Nullable Workload source,
            String sourceName,
            @Nullable Workload destination,
            String destinationName,
            String protocol,
            @Nullable Integer port) {

        static Key of(Flow flow, RecordedEnd source, RecordedEnd destination) {
            Integer port = destination.ports().isEmpty()
                    ? flow.destination().port()
                    : destination.ports().get(0);
            return new Key(
                    source.workload(),
                    name(source, flow.source().ip()),
                    destination.workload(),
                    name(destination, flow.destination().ip()),
                    flow.protocol(),
                    port);
        }

        private static String name(RecordedEnd end, String ip) {
            boolean outside = end.peers().size() == 1 && end.peers().get(0).selectable() == null;
            return end.workload() == null && outside ? ip : end.display();
        }

        /** Protocol and port: {@code TCP/5432}. */
        String service() {
            return ProtocolPort.text(protocol, port);
        }

        /** The edge for people: {@code shop/web (Deployment) to 192.0.2.1 on TCP/443}. */
        String display() {
            return sourceName + " to " + destinationName + " on " + service();
        }
    }

    Edge(Key key) {
        this.key = key;
    }

    void add(Flow flow) {
        cadence.add(flow.startMs(), flow.endMs());
        if (sourceIps.size() < MAX_ADDRESSES) {
            sourceIps.add(flow.source().ip());
        }
        if (destinationIps.size() < MAX_ADDRESSES) {
            destinationIps.add(flow.destination().ip());
        }
        List<String> resolved = flow.destination().names();
        if (resolved == null || resolved.isEmpty() || names.size() >= MAX_ADDRESSES) {
            isNameless = true;
        } else {
            names.add(resolved.get(0));
        }
        if (days.size() < MAX_DAYS) {
            days.add(Math.floorDiv(flow.startMs(), Millis.DAY));
        }
        ConnectionOutcome outcome = ConnectionOutcome.of(flow);
        boolean came = flow.verdict() != Verdict.DROPPED
                && outcome != ConnectionOutcome.REFUSED
                && outcome != ConnectionOutcome.UNANSWERED;
        failed += came ? 0 : 1;
        Long back = flow.destination().packets();
        Long sent = flow.source().packets();
        // Without a count of sent bytes, a missing answer proves nothing.
        boolean nothingBack = back != null && back == 0 && sent != null && sent > 0;
        answered += nothingBack ? 0 : 1;
        long itsMinute = Math.floorDiv(flow.startMs(), Millis.MINUTE);
        inMinute = itsMinute == minute ? inMinute + 1 : 1;
        minute = itsMinute;
        busiestMinute = Math.max(busiestMinute, inMinute);
        lasting |= flow.endMs() - flow.startMs() >= LONG_CONNECTION_MS;
    }

    Key key() {
        return key;
    }

    /** The addresses of the ends with which a policy of a direction has to do. */
    Set<String> addresses(Direction direction) {
        return direction == Direction.INGRESS ? sourceIps : destinationIps;
    }

    /** The domain names of the destinations; each the first that its source resolved. */
    Set<String> names() {
        return names;
    }

    /** True if every flow went to a name. */
    boolean isNamed() {
        return !isNameless;
    }

    long count() {
        return cadence.count();
    }

    boolean everFailed() {
        return failed == cadence.count();
    }

    /** True if more connections failed than not. */
    boolean mostlyFailed() {
        return failed * 2 > cadence.count();
    }

    /** True if its flows were very many and nearly all unanswered. */
    boolean floods() {
        return busiestMinute >= FLOOD_A_MINUTE && answered * 10 < cadence.count();
    }

    /** True if one flow of it is worth many: a connection that is kept open. */
    boolean lasting() {
        return lasting;
    }

    /** The evidence in words: {@code 412 flows on 3 days, hourly, last 2026-11-20T10:00:00Z}. */
    String evidence() {
        return String.format(
                Locale.ROOT,
                "%d %s on %d %s, %s, last %s",
                cadence.count(),
                cadence.count() == 1 ? "flow" : "flows",
                days.size(),
                days.size() == 1 ? "day" : "days",
                cadence.text(),
                Instant.ofEpochMilli(cadence.lastMs() / 1000 * 1000));
    }
}
