package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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

    private final String id = "w" + ProcessHandle.current().pid() % 100_000;
    private final String bridge = id + "br";
    private final List<String> pods;
    private final Path folder;
    private final List<Process> processes = new ArrayList<>();

    PodNetwork(List<String> pods, Path folder) throws Exception {
        this.pods = pods;
        this.folder = folder;
        try {
            Programs.run("ip", "netns", "add", bridge);
            inBridge("ip", "link", "set", "lo", "up");
            inBridge("ip", "link", "add", "br0", "type", "bridge");
            inBridge("ip", "link", "set", "br0", "up");
            Programs.run("ip", "link", "add", id + "u", "type", "veth", "peer", "name", "up0", "netns", bridge);
            Programs.run("ip", "addr", "add", COLLECTOR + "/30", "dev", id + "u");
            Programs.run("ip", "link", "set", id + "u", "up");
            inBridge("ip", "addr", "add", PREFIX + ".254.2/30", "dev", "up0");
            inBridge("ip", "link", "set", "up0", "up");
            for (String pod : pods) {
                add(pod);
            }
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    /** Requires namespaces and programs: without them the test fails under CI and is skipped elsewhere. */
    static void requirePossible(String... morePrograms) throws Exception {
        Programs.abortWithout(missing(morePrograms));
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
        Path config = Files.writeString(folder.resolve("pmacctd.conf"), """
                daemonize: false
                pcap_interface: br0
                plugins: nfprobe
                nfprobe_receiver: %s:%d
                nfprobe_version: 10
                nfprobe_timeouts: tcp=2:tcp.rst=1:tcp.fin=1:udp=1:icmp=1:general=2:maxlife=5:expint=1
                aggregate: src_host, dst_host, src_port, dst_port, proto, tos, tcpflags
                """.formatted(COLLECTOR, port));
        Path log = folder.resolve("pmacctd.log");
        processes.add(Programs.start(log, "ip", "netns", "exec", bridge, "pmacctd", "-f", config.toString()));
        await().atMost(PATIENCE)
                .until(() -> inBridge("ip", "-d", "link", "show", "br0").contains("promiscuity 1"));
    }

    /** A server that answers every connection with a line. */
    void serve(String pod, int port) throws Exception {
        processes.add(Programs.start(
                folder.resolve(pod + ".log"),
                "ip",
                "netns",
                "exec",
                namespace(pod),
                "ncat",
                "-lk",
                address(pod),
                String.valueOf(port),
                "-c",
                "echo hello"));
        await().atMost(PATIENCE).until(() -> in(pod, "ss", "-ltn").contains(":" + port));
    }

    /** Starts a command in a pod; it ends with the network at the latest. */
    Process begin(String pod, String... command) throws IOException {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace(pod)));
        whole.addAll(List.of(command));
        Process process = Programs.start(folder.resolve(pod + "-" + command[0] + ".log"), whole.toArray(String[]::new));
        processes.add(process);
        return process;
    }

    /** One connection that is answered. */
    void connect(String from, String to, int port) throws Exception {
        String answer = in(from, "ncat", "--recv-only", address(to), String.valueOf(port));
        assertThat(answer).isEqualTo("hello\n");
    }

    @Override
    public void close() throws Exception {
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            process.waitFor(10, TimeUnit.SECONDS);
        }
        for (String pod : pods) {
            Programs.attempt("ip", "netns", "del", namespace(pod));
        }
        Programs.attempt("ip", "link", "del", id + "u");
        Programs.attempt("ip", "netns", "del", bridge);
    }

    private void add(String pod) throws Exception {
        String namespace = namespace(pod);
        Programs.run("ip", "netns", "add", namespace);
        Programs.run(
                "ip", "link", "add", "eth0", "netns", namespace, "type", "veth", "peer", "name", pod, "netns", bridge);
        inBridge("ip", "link", "set", pod, "master", "br0");
        inBridge("ip", "link", "set", pod, "up");
        in(pod, "ip", "addr", "add", address(pod) + "/24", "dev", "eth0");
        in(pod, "ip", "link", "set", "eth0", "up");
        in(pod, "ip", "link", "set", "lo", "up");
    }

    String namespace(String pod) {
        return id + pod;
    }

    /** Runs a command in a pod and returns its output. */
    String in(String pod, String... command) throws Exception {
        return exec(namespace(pod), command);
    }

    private String inBridge(String... command) throws Exception {
        return exec(bridge, command);
    }

    private static String exec(String namespace, String... command) throws Exception {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        whole.addAll(List.of(command));
        return Programs.run(whole.toArray(String[]::new));
    }

    private static @Nullable String missing(String... morePrograms) throws Exception {
        List<String> programs = new ArrayList<>(List.of("ip", "pmacctd", "ncat", "ss"));
        programs.addAll(List.of(morePrograms));
        String none = Programs.missing(programs);
        if (none != null) {
            return none;
        }
        String probe = "wprobe" + ProcessHandle.current().pid() % 100_000;
        boolean possible = Programs.attempt("ip", "netns", "add", probe) == 0;
        Programs.attempt("ip", "netns", "del", probe);
        return possible ? null : "the right to make network namespaces";
    }
}
