package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Network namespaces as pods, joined by a bridge in a namespace of its own where {@code pmacctd} sees all packets. Its
 * exports leave over a veth pair to this machine. All names carry this process's id; closing deletes everything.
 */
final class PodNetwork implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** The first two octets, which differ between test processes that run side by side. */
    private static final String PREFIX = "10." + (80 + Integer.getInteger("weir.test.process", 0));

    private static final String SUBNET = PREFIX + ".0.";
    private static final String COLLECTOR = PREFIX + ".254.1";

    private final Namespaces namespaces;
    private final List<String> pods;
    private final Path folder;

    PodNetwork(List<String> pods, Path folder) throws Exception {
        this.pods = pods;
        this.folder = folder;
        this.namespaces = new Namespaces("w", folder);
        try {
            RequiredPrograms.run(
                    "ip", "link", "add", uplink(), "type", "veth", "peer", "name", "up0", "netns", namespaces.bridge());
            RequiredPrograms.run("ip", "addr", "add", COLLECTOR + "/30", "dev", uplink());
            RequiredPrograms.run("ip", "link", "set", uplink(), "up");
            namespaces.inBridge("ip", "addr", "add", PREFIX + ".254.2/30", "dev", "up0");
            namespaces.inBridge("ip", "link", "set", "up0", "up");
            for (String pod : pods) {
                namespaces.add(pod, address(pod) + "/24");
            }
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    /** Requires namespaces and programs: without them the test fails under CI and is skipped elsewhere. */
    static void requirePossible(String... morePrograms) throws Exception {
        List<String> programs = new ArrayList<>(List.of("ip", "pmacctd", "ncat", "ss"));
        programs.addAll(List.of(morePrograms));
        String missing = RequiredPrograms.missing(programs);
        RequiredPrograms.abortWithout(missing == null ? Namespaces.problem() : missing);
    }

    List<String> pods() {
        return pods;
    }

    String address(String pod) {
        return SUBNET + (11 + pods.indexOf(pod));
    }

    /** The address to which the exporter sends. */
    String collectorAddress() {
        return COLLECTOR;
    }

    /** Starts the exporter. */
    void export(int port) throws Exception {
        Path config = Files.writeString(
                folder.resolve("pmacctd.conf"), """
                daemonize: false
                pcap_interface: %s
                plugins: nfprobe
                nfprobe_receiver: %s:%d
                nfprobe_version: 10
                nfprobe_timeouts: tcp=2:tcp.rst=1:tcp.fin=1:udp=1:icmp=1:general=2:maxlife=5:expint=1
                aggregate: src_host, dst_host, src_port, dst_port, proto, tos, tcpflags
                """.formatted(Namespaces.BRIDGE_INTERFACE, COLLECTOR, port));
        namespaces.beginAtBridge("pmacctd", "-f", config.toString());
        await().atMost(PATIENCE).until(() -> namespaces
                .inBridge("ip", "-d", "link", "show", Namespaces.BRIDGE_INTERFACE)
                .contains("promiscuity 1"));
    }

    /** A server that answers every connection with a line. */
    void serve(String pod, int port) throws Exception {
        namespaces.begin(pod, "ncat", "-lk", address(pod), String.valueOf(port), "-c", "echo hello");
        await().atMost(PATIENCE).until(() -> in(pod, "ss", "-ltn").contains(":" + port));
    }

    /** Starts a command in a pod; it ends with the network at the latest. */
    Process begin(String pod, String... command) throws IOException {
        return namespaces.begin(pod, command);
    }

    /** One connection that is answered. */
    void connect(String from, String to, int port) throws Exception {
        String answer = in(from, "ncat", "--recv-only", address(to), String.valueOf(port));
        assertThat(answer).isEqualTo("hello\n");
    }

    @Override
    public void close() throws Exception {
        namespaces.close();
        RequiredPrograms.attempt("ip", "link", "del", uplink());
    }

    String namespace(String pod) {
        return namespaces.name(pod);
    }

    /** Runs a command in a pod and returns its output. */
    String in(String pod, String... command) throws Exception {
        return namespaces.in(pod, command);
    }

    private String uplink() {
        return namespaces.id() + "u";
    }
}
