package dev.weir.standalone.demo;

import static dev.weir.common.Millis.DAY;
import static dev.weir.common.Millis.HOUR;
import static dev.weir.common.Millis.MINUTE;

import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.L7;
import dev.weir.model.TcpFlags;
import dev.weir.model.Verdict;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Simulates a week of a cluster of two hundred workloads with events that make ordinary days look strange: rollouts,
 * CronJobs, autoscaling by the hour of the day, a drained node, releases that bring new edges, clocks that differ, a
 * namespace whose exporter samples 1:50. From the third day on it holds fifteen attacks, listed by {@link #attacks}.
 * The same seed gives the same week. Flows come hour by hour, ordered by their ends except for the differing clocks.
 */
public final class Week implements Iterator<Flow> {
    /** A Monday, 00:00 UTC. */
    public static final long BEGAN = 1_789_948_800_000L;

    public static final int DAYS = 7;

    private static final int WORKLOADS = 200;
    private static final int NAMESPACES = 10;
    private static final int NODES = 12;
    private static final int SAMPLED_NAMESPACE = 9;
    private static final int SAMPLING = 50;
    private static final int DONE = TcpFlags.SYN | TcpFlags.ACK | TcpFlags.FIN | TcpFlags.PSH;
    private static final String DNS = "10.96.0.10";

    /**
     * An attack in the traffic.
     *
     * @param actor workload that attacks
     * @param victim workload or address that is attacked; null for many
     */
    public record Attack(
            String label, String actor, @Nullable String victim, long fromMs, long untilMs) {}

    /** An attack of some duration; {@code act} makes the flows of an hour. */
    private record Script(Attack attack, Act act) {}

    /** Makes the flows of an attack that begin within a span. */
    private interface Act {
        void play(long fromMs, long untilMs, List<Flow> into);
    }

    private record Edge(int from, int to, int port, double perHour, long sinceMs) {}

    private record Peer(int from, String ip, String name, double perHour) {}

    private record CronJob(int workload, int to, int hour, boolean hourly) {}

    private final Random random;
    private final List<Edge> edges = new ArrayList<>();
    private final List<Peer> peers = new ArrayList<>();
    private final List<CronJob> cronJobs = new ArrayList<>();
    private final int[] releases = new int[WORKLOADS];
    private final List<Script> scripts = new ArrayList<>();
    private final Deque<Flow> ready = new ArrayDeque<>();
    private int drained;
    private int hour;

    public Week(long seed) {
        random = new Random(seed);
        topology();
        script();
    }

    /** The attacks that should be found. */
    public List<Attack> attacks() {
        return scripts.stream().map(Script::attack).toList();
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && hour < DAYS * 24) {
            play(BEGAN + hour * HOUR);
            hour++;
        }
        return !ready.isEmpty();
    }

    @Override
    public Flow next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the week is over");
        }
        return ready.remove();
    }

    // Who there is

    private static boolean isCronJob(int workload) {
        return workload >= 180;
    }

    private static boolean isStateful(int workload) {
        return workload >= 150 && workload < 180;
    }

    private static String namespace(int workload) {
        return "team-" + workload % NAMESPACES;
    }

    private static String name(int workload) {
        return (isCronJob(workload) ? "job-" : isStateful(workload) ? "db-" : "svc-") + workload;
    }

    private static int port(int workload) {
        return isStateful(workload) ? 5432 : 8080;
    }

    private void topology() {
        for (int from = 0; from < 150; from++) {
            Set<Integer> to = new HashSet<>();
            while (to.size() < 2) {
                to.add(random.nextInt(150));
            }
            to.add(150 + random.nextInt(30));
            to.remove(from);
            for (int each : to) {
                edges.add(new Edge(from, each, port(each), 3 + random.nextInt(9), 0));
            }
            if (from % 5 == 0) {
                String domain = "api-" + from % 40 + ".example.com";
                peers.add(new Peer(from, "198.51.100." + from, domain, 6));
            }
        }
        for (int workload = 180; workload < WORKLOADS; workload++) {
            cronJobs.add(new CronJob(workload, 150 + random.nextInt(30), random.nextInt(24), workload % 4 == 0));
        }
        // Releases of the fifth day bring new edges.
        for (int from : new int[] {11, 52, 93}) {
            edges.add(new Edge(from, 150 + (from * 7) % 30, 5432, 8, BEGAN + 4 * DAY + 10 * HOUR));
        }
    }

    // An hour

    private void play(long from) {
        int hourOfDay = hour % 24;
        List<Flow> flows = new ArrayList<>();
        if (hourOfDay == 10) {
            rollOut(hour / 24);
        }
        if (hour == 3 * 24 + 14) {
            // Every pod of two nodes is replaced on other nodes.
            drained = 2;
        }
        double load = 0.4 + 0.6 * Math.max(0, Math.sin(Math.PI * (hourOfDay - 6) / 14.0));
        for (Edge edge : edges) {
            if (from >= edge.sinceMs()) {
                connections(edge, load, from, flows);
            }
        }
        for (Peer peer : peers) {
            outside(peer, load, from, flows);
        }
        for (CronJob job : cronJobs) {
            if (job.hourly() || job.hour() == hourOfDay) {
                long start = from + 5 * MINUTE + random.nextInt((int) MINUTE);
                for (int i = 0; i < 3; i++) {
                    flows.add(within(job.workload(), job.to(), 5432, start + i * 20_000L));
                }
            }
        }
        lookups(from, flows);
        for (Script script : scripts) {
            script.act().play(from, from + HOUR, flows);
        }
        flows.sort(Comparator.comparingLong(Flow::endMs)
                .thenComparing(flow -> flow.source().ip()));
        ready.addAll(flows);
    }

    private void rollOut(int day) {
        for (int i = 0; i < 10; i++) {
            releases[(day * 37 + i * 13) % 150]++;
        }
        if (day == 4) {
            for (int workload : new int[] {11, 52, 93}) {
                releases[workload]++;
            }
        }
    }

    private void connections(Edge edge, double load, long from, List<Flow> into) {
        boolean sampled = edge.from() % NAMESPACES == SAMPLED_NAMESPACE;
        double expected = edge.perHour() * load / (sampled ? SAMPLING : 1);
        for (int count = poisson(expected); count > 0; count--) {
            into.add(within(edge.from(), edge.to(), edge.port(), from + random.nextInt((int) HOUR)));
        }
    }

    private int poisson(double mean) {
        int count = 0;
        for (double p = random.nextDouble(), limit = Math.exp(-mean); p > limit; p *= random.nextDouble()) {
            count++;
        }
        return count;
    }

    private void outside(Peer peer, double load, long from, List<Flow> into) {
        for (int count = poisson(peer.perHour() * load); count > 0; count--) {
            long start = from + random.nextInt((int) HOUR);
            Endpoint to = Endpoint.builder()
                    .ip(peer.ip())
                    .port(443)
                    .names(List.of(peer.name()))
                    .build();
            into.add(flow(
                    start,
                    start + 200,
                    pod(peer.from(), start).withCounters(2_000L + random.nextInt(2_000), 12L, DONE),
                    to.withCounters(6_000L + random.nextInt(20_000), 20L, DONE),
                    "TCP",
                    Verdict.FORWARDED,
                    null));
        }
    }

    private void lookups(long from, List<Flow> into) {
        for (int workload = 0; workload < 180; workload++) {
            for (int count = poisson(4); count > 0; count--) {
                long start = from + random.nextInt((int) HOUR);
                boolean missing = random.nextInt(10) == 0;
                String query = missing
                        ? "api-3.example.com.team-1.svc.cluster.local"
                        : "api-" + random.nextInt(40) + ".example.com";
                into.add(lookup(workload, start, query, "A", missing ? "NXDOMAIN" : "NOERROR"));
            }
        }
    }

    // Flows

    private Flow lookup(int workload, long start, String query, String type, String code) {
        return flow(
                start,
                start + 2,
                pod(workload, start).withCounters(70L, 1L, null),
                service(DNS, 53, "kube-system", "kube-dns").withCounters(140L, 1L, null),
                "UDP",
                Verdict.FORWARDED,
                new L7(new L7.Dns(query, type, code, null), null, null));
    }

    private Flow within(int from, int to, int port, long start) {
        return flow(
                start,
                start + 5 + random.nextInt(800),
                pod(from, start).withCounters(400L + random.nextInt(2_000), 8L, DONE),
                pod(to, start).withPort(port).withCounters(500L + random.nextInt(20_000), 12L, DONE),
                "TCP",
                Verdict.FORWARDED,
                null);
    }

    private static Endpoint service(String ip, int port, String namespace, String name) {
        return Endpoint.builder()
                .ip(ip)
                .port(port)
                .namespace(namespace)
                .service(name)
                .build();
    }

    /** One of the pods that the workload has at that hour; its clock is that of its node. */
    private Endpoint pod(int workload, long ms) {
        int hourOfDay = (int) ((ms - BEGAN) / HOUR % 24);
        boolean busy = hourOfDay >= 10 && hourOfDay < 18;
        int replicas = isCronJob(workload) ? 1 : busy ? 4 : 2;
        int replica = random.nextInt(replicas);
        int release = releases[workload];
        int node = (workload + replica + release) % NODES;
        int generation = release + (node < drained ? 100 : 0);
        String kind = isCronJob(workload) ? "CronJob" : isStateful(workload) ? "StatefulSet" : "Deployment";
        String pod = isStateful(workload)
                ? name(workload) + "-" + replica
                : name(workload) + "-" + Integer.toHexString(0x5c9d7 + 7_919 * release) + "-"
                        + Integer.toString(46_656 + generation * 31 + replica, 36);
        return Endpoint.builder()
                .ip("10.244." + workload + "." + (1 + (generation * 4 + replica) % 250))
                .port(32_768 + random.nextInt(28_000))
                .namespace(namespace(workload))
                .pod(pod)
                .workload(name(workload))
                .workloadKind(kind)
                .node("node-" + node)
                .build();
    }

    private Flow flow(
            long start, long end, Endpoint from, Endpoint to, String protocol, Verdict verdict, @Nullable L7 l7) {
        // Clocks differ by up to two seconds either way.
        String node = from.node() == null ? "node-0" : from.node();
        long skew = (node.hashCode() % 5 - 2) * 1_000L;
        boolean sampled = ("team-" + SAMPLED_NAMESPACE).equals(from.namespace());
        return Flow.builder()
                .startMs(start + skew)
                .endMs(end + skew)
                .source(from)
                .destination(to)
                .protocol(protocol)
                .verdict(verdict)
                .reporter(node)
                .collector("simulator")
                .sampling(sampled ? SAMPLING : null)
                .l7(l7)
                .build();
    }

    // The attacks

    private void script() {
        long third = BEGAN + 2 * DAY;
        add("scan-port", 3, name(160), third + 9 * HOUR, 5 * MINUTE, this::portScan);
        add("scan-hosts", 14, null, third + 15 * HOUR, 5 * MINUTE, this::sweep);
        add("scan-slow", 25, null, third + 18 * HOUR, 8 * HOUR, this::slowScan);
        add("http-recon", 36, name(40), BEGAN + 3 * DAY + 8 * HOUR, 5 * MINUTE, this::recon);
        add("bruteforce-db", 47, name(171), BEGAN + 3 * DAY + 11 * HOUR, 5 * MINUTE, this::guesses);
        add("c2-beacon", 58, "203.0.113.58", BEGAN + 3 * DAY + 12 * HOUR, 10 * HOUR, this::beacon);
        add("c2-shell", 61, "203.0.113.61", BEGAN + 4 * DAY + 3 * HOUR, 2 * HOUR, this::shell);
        add("dns-tunnel", 72, null, BEGAN + 4 * DAY + 6 * HOUR, 30 * MINUTE, this::tunnel);
        add("dga", 83, null, BEGAN + 4 * DAY + 13 * HOUR, 20 * MINUTE, this::madeUp);
        add("exfil-burst", 94, "203.0.113.94", BEGAN + 5 * DAY + 2 * HOUR, 10 * MINUTE, this::burst);
        add("exfil-drip", 105, "203.0.113.105", BEGAN + 5 * DAY + 4 * HOUR, 20 * HOUR, this::drip);
        add("ddos", 116, "203.0.113.116", BEGAN + 5 * DAY + 16 * HOUR, MINUTE, this::flood);
        add("metadata", 127, null, BEGAN + 6 * DAY + HOUR, 5 * MINUTE, this::metadata);
        add("lateral", 138, name(20), BEGAN + 6 * DAY + 7 * HOUR, 40 * MINUTE, this::lateral);
        add("port-opened", 142, name(31), BEGAN + 6 * DAY + 15 * HOUR, 20 * MINUTE, this::opened);
    }

    private interface Deed {
        void play(Attack attack, long fromMs, long untilMs, List<Flow> into);
    }

    private void add(String label, int actor, @Nullable String victim, long from, long lasts, Deed deed) {
        Attack attack = new Attack(label, name(actor), victim, from, from + lasts);
        scripts.add(new Script(attack, (begin, end, into) -> {
            long first = Math.max(begin, attack.fromMs());
            long last = Math.min(end, attack.untilMs());
            if (first < last) {
                deed.play(attack, first, last, into);
            }
        }));
    }

    private static int workload(String name) {
        return Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
    }

    private Endpoint actor(Attack attack, long ms) {
        return pod(workload(attack.actor()), ms);
    }

    private static Endpoint at(String ip, int port) {
        return Endpoint.of(ip, port);
    }

    private Flow tried(Endpoint from, Endpoint to, long ms) {
        return flow(
                ms,
                ms,
                from.withCounters(60L, 1L, TcpFlags.SYN),
                to.withCounters(0L, 0L, null),
                "TCP",
                Verdict.FORWARDED,
                null);
    }

    private Flow done(Endpoint from, Endpoint to, long ms, long lasts, long sent, long received) {
        return flow(
                ms,
                ms + lasts,
                from.withCounters(sent, 4 + sent / 1_400, DONE),
                to.withCounters(received, 4 + received / 1_400, DONE),
                "TCP",
                Verdict.FORWARDED,
                null);
    }

    private void portScan(Attack attack, long from, long until, List<Flow> into) {
        for (int port = 1; port <= 300; port++) {
            long ms = from + port * 500L;
            into.add(tried(actor(attack, from), pod(160, from).withPort(port), ms));
        }
    }

    private void sweep(Attack attack, long from, long until, List<Flow> into) {
        for (int host = 0; host < 100; host++) {
            into.add(tried(actor(attack, from), at("10.245.1." + host, 22), from + host * 1_000L));
        }
    }

    private void slowScan(Attack attack, long from, long until, List<Flow> into) {
        for (long ms = from; ms < until; ms += 25 * MINUTE) {
            into.add(tried(actor(attack, ms), at("10.245.2." + (ms / MINUTE % 250), 6379), ms));
        }
    }

    private void recon(Attack attack, long from, long until, List<Flow> into) {
        for (int i = 0; i < 400; i++) {
            long ms = from + i * 300L;
            Flow one = done(actor(attack, ms), pod(40, ms).withPort(8080), ms, 10, 300, 500);
            L7 request = new L7(null, new L7.Http("GET", null, "/admin/" + i, i % 20 == 0 ? 200 : 404), null);
            into.add(flow(
                    one.startMs(), one.endMs(), one.source(), one.destination(), "TCP", Verdict.FORWARDED, request));
        }
    }

    private void guesses(Attack attack, long from, long until, List<Flow> into) {
        for (int i = 0; i < 200; i++) {
            long ms = from + i * 1_000L;
            into.add(done(actor(attack, ms), pod(171, ms).withPort(5432), ms, 20, 250, 180));
        }
    }

    private void beacon(Attack attack, long from, long until, List<Flow> into) {
        for (long ms = from; ms < until; ms += 2 * MINUTE) {
            into.add(done(actor(attack, ms), at("203.0.113.58", 443), ms + random.nextInt(10_000), 300, 700, 900));
        }
    }

    private void shell(Attack attack, long from, long until, List<Flow> into) {
        if (from == attack.fromMs()) {
            into.add(done(actor(attack, from), at("203.0.113.61", 4444), from, 50 * MINUTE, 40_000, 90_000));
        }
        for (long ms = from; ms < until; ms += 15_000) {
            into.add(done(actor(attack, ms), at("203.0.113.61", 4444), ms, 100, 310, 420));
        }
    }

    private void tunnel(Attack attack, long from, long until, List<Flow> into) {
        for (long ms = from; ms < until; ms += 2_000) {
            String name = Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong()) + ".t.evil.example";
            into.add(lookup(workload(attack.actor()), ms, name, "TXT", "NOERROR"));
        }
    }

    private void madeUp(Attack attack, long from, long until, List<Flow> into) {
        for (long ms = from; ms < until; ms += 10_000) {
            String name = Long.toString(random.nextInt(Integer.MAX_VALUE), 36) + ".net";
            into.add(lookup(workload(attack.actor()), ms, name, "A", "NXDOMAIN"));
        }
    }

    private void burst(Attack attack, long from, long until, List<Flow> into) {
        for (long ms = from; ms < until; ms += MINUTE) {
            into.add(done(actor(attack, ms), at("203.0.113.94", 443), ms, 40_000, 20_000_000, 90_000));
        }
    }

    private void drip(Attack attack, long from, long until, List<Flow> into) {
        for (long ms = from; ms < until; ms += 10 * MINUTE) {
            into.add(done(
                    actor(attack, ms), at("203.0.113.105", 443), ms + random.nextInt(200_000), 4_000, 900_000, 9_000));
        }
    }

    private void flood(Attack attack, long from, long until, List<Flow> into) {
        for (int i = 0; i < 9_000; i++) {
            long ms = from + i * 5L;
            into.add(tried(actor(attack, ms), at("203.0.113.116", 80), ms));
        }
    }

    private void metadata(Attack attack, long from, long until, List<Flow> into) {
        for (int i = 0; i < 5; i++) {
            long ms = from + i * 20_000L;
            into.add(done(actor(attack, ms), at("169.254.169.254", 80), ms, 5, 200, 900));
        }
    }

    /** Flows from one service to another without an edge before, and from there to a database. */
    private void lateral(Attack attack, long from, long until, List<Flow> into) {
        for (long ms = from; ms < until; ms += MINUTE) {
            into.add(done(actor(attack, ms), pod(20, ms).withPort(8080), ms, 100, 900, 3_000));
            if (ms > from + 10 * MINUTE) {
                into.add(done(pod(20, ms), pod(177, ms).withPort(5432), ms + 5_000, 100, 900, 9_000));
            }
        }
    }

    private void opened(Attack attack, long from, long until, List<Flow> into) {
        for (long ms = from; ms < until; ms += MINUTE) {
            into.add(done(actor(attack, ms), pod(31, ms).withPort(4444), ms, 100, 900, 3_000));
        }
    }
}
