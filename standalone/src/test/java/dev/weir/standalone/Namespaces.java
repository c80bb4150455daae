package dev.weir.standalone;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Network namespaces as hosts, joined by a bridge in a namespace of its own, which sees all packets. Their names begin
 * with this process's id; closing ends every process that was started in them, and deletes them.
 */
public final class Namespaces implements AutoCloseable {
    /** The interface of the bridge in its namespace. */
    public static final String BRIDGE_INTERFACE = "br0";

    private static final Duration END = Duration.ofSeconds(10);

    private final String id;
    private final Path logs;
    private final Set<String> hosts = new LinkedHashSet<>();
    private final List<Process> processes = new ArrayList<>();

    /**
     * Makes the bridge.
     *
     * @param kind letter that begins the names, one for each kind of test
     * @param logs folder for the output of started programs
     */
    public Namespaces(String kind, Path logs) throws Exception {
        this.id = kind + ProcessHandle.current().pid() % 100_000;
        this.logs = logs;
        RequiredPrograms.run("ip", "netns", "add", bridge());
        try {
            inBridge("ip", "link", "set", "lo", "up");
            inBridge("ip", "link", "add", BRIDGE_INTERFACE, "type", "bridge");
            inBridge("ip", "link", "set", BRIDGE_INTERFACE, "up");
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    /** Returns why no namespace can be made, or null. */
    public static @Nullable String problem() throws Exception {
        String probe = "wprobe" + ProcessHandle.current().pid() % 100_000;
        boolean possible = RequiredPrograms.attempt("ip", "netns", "add", probe) == 0;
        RequiredPrograms.attempt("ip", "netns", "del", probe);
        return possible ? null : "the right to make network namespaces";
    }

    /** Returns what begins every name. */
    String id() {
        return id;
    }

    /** Returns the name of the bridge's namespace. */
    String bridge() {
        return id + "br";
    }

    /** Returns the name of a host's namespace. */
    public String name(String host) {
        return id + host;
    }

    /**
     * Adds a host.
     *
     * @param host at most eight letters and digits
     * @param address with the length of its prefix, such as {@code 10.1.0.11/24}
     */
    public void add(String host, String address) throws Exception {
        RequiredPrograms.run("ip", "netns", "add", name(host));
        hosts.add(host);
        RequiredPrograms.run(
                "ip",
                "link",
                "add",
                "eth0",
                "netns",
                name(host),
                "type",
                "veth",
                "peer",
                "name",
                host,
                "netns",
                bridge());
        inBridge("ip", "link", "set", host, "master", BRIDGE_INTERFACE);
        inBridge("ip", "link", "set", host, "up");
        in(host, "ip", "addr", "add", address, "dev", "eth0");
        in(host, "ip", "link", "set", "eth0", "up");
        in(host, "ip", "link", "set", "lo", "up");
    }

    /** Runs a command at a host and returns its output. */
    public String in(String host, String... command) throws Exception {
        return exec(name(host), command);
    }

    /** Runs a command at the bridge and returns its output. */
    public String inBridge(String... command) throws Exception {
        return exec(bridge(), command);
    }

    /** Starts a command at a host; it ends with the namespaces at the latest. */
    public Process begin(String host, String... command) throws IOException {
        return begin(name(host), host + "-" + command[0], command);
    }

    /** Starts a command at the bridge; it ends with the namespaces at the latest. */
    public Process beginAtBridge(String... command) throws IOException {
        return begin(bridge(), command[0], command);
    }

    private Process begin(String namespace, String log, String... command) throws IOException {
        Process process = RequiredPrograms.start(logs.resolve(log + ".log"), at(namespace, command));
        processes.add(process);
        return process;
    }

    private static String exec(String namespace, String... command) throws Exception {
        return RequiredPrograms.run(at(namespace, command));
    }

    private static String[] at(String namespace, String... command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        whole.addAll(List.of(command));
        return whole.toArray(String[]::new);
    }

    @Override
    public void close() throws Exception {
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            process.waitFor(END.toSeconds(), TimeUnit.SECONDS);
        }
        for (String host : hosts) {
            RequiredPrograms.attempt("ip", "netns", "del", name(host));
        }
        RequiredPrograms.attempt("ip", "netns", "del", bridge());
    }
}
