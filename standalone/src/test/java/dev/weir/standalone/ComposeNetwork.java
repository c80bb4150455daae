package dev.weir.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a network namespace for each process of the compose file, joined with this machine by a bridge in a namespace
 * of its own. The services' names resolve in each. All names carry this process's id; closing deletes everything.
 */
final class ComposeNetwork implements AutoCloseable {
    /** The first three octets, of which the second differs between test processes that run side by side. */
    static final String SUBNET = "10." + (90 + Integer.getInteger("weir.test.process", 0)) + ".0.";
    /** The address of this machine, where Slack's stand-in and PostgreSQL listen. */
    static final String HOST = SUBNET + "1";

    private static final int FIRST = 10;

    private final Namespaces namespaces;
    /** The service of each process, {@code topics} among them. */
    private final Map<String, String> services;

    /**
     * Makes the namespaces.
     *
     * @param processes the service of each process
     * @param logs folder for the output of programs
     */
    ComposeNetwork(Map<String, String> processes, Path logs) throws Exception {
        services = new LinkedHashMap<>(processes);
        services.put("topics", "topics");
        namespaces = new Namespaces("s", logs);
        try {
            join();
            String hosts = hosts();
            for (String name : services.keySet()) {
                add(name, hosts);
            }
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    String namespace(String process) {
        return namespaces.name(host(process));
    }

    /** The name of a process, short enough for the name of an interface. */
    private static String host(String process) {
        return process.replace("manager", "m").replace("alerting", "a");
    }

    String address(String process) {
        return SUBNET + (FIRST + List.copyOf(services.keySet()).indexOf(process));
    }

    @Override
    public void close() throws Exception {
        // The kernel deletes a namespace some time later, and with it the other end; the next network has the same
        // name.
        RequiredPrograms.attempt("ip", "link", "del", link());
        namespaces.close();
        for (String process : services.keySet()) {
            Path etc = etc(namespace(process));
            Files.deleteIfExists(etc.resolve("hosts"));
            Files.deleteIfExists(etc);
        }
    }

    private String hosts() {
        StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n" + HOST + " postgres\n");
        services.forEach((name, service) ->
                hosts.append(String.join(" ", address(name), service, name)).append('\n'));
        return hosts.toString();
    }

    private void add(String process, String hosts) throws Exception {
        namespaces.add(host(process), address(process) + "/24");
        // A process resolves its own name.
        Files.writeString(
                Files.createDirectories(etc(namespace(process))).resolve("hosts"),
                hosts + address(process) + " "
                        + RequiredPrograms.run("hostname").trim() + "\n");
    }

    /** The folder from which {@code ip netns exec} mounts files over those in {@code /etc}. */
    private static Path etc(String namespace) {
        return Path.of("/etc/netns").resolve(namespace);
    }

    /** Joins this machine. */
    private void join() throws Exception {
        RequiredPrograms.run(
                "ip", "link", "add", link(), "type", "veth", "peer", "name", "host", "netns", namespaces.bridge());
        namespaces.inBridge("ip", "link", "set", "host", "master", Namespaces.BRIDGE_INTERFACE, "up");
        RequiredPrograms.run("ip", "addr", "add", HOST + "/24", "dev", link());
        RequiredPrograms.run("ip", "link", "set", link(), "up");
    }

    private String link() {
        return namespaces.id() + "h";
    }
}
