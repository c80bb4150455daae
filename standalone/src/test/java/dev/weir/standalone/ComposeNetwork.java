package dev.weir.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

    private final String id = "s" + ProcessHandle.current().pid() % 100_000;
    private final String bridge = id + "br";
    /** The service of each process, {@code topics} among them. */
    private final Map<String, String> services;

    /**
     * Makes the namespaces.
     *
     * @param processes the service of each process
     */
    ComposeNetwork(Map<String, String> processes) throws Exception {
        services = new LinkedHashMap<>(processes);
        services.put("topics", "topics");
        try {
            Programs.run("ip", "netns", "add", bridge);
            Programs.run("ip", "netns", "exec", bridge, "ip", "link", "add", "br0", "type", "bridge");
            Programs.run("ip", "netns", "exec", bridge, "ip", "link", "set", "br0", "up");
            join(id + "h", null, HOST);
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
        return id + process.replace("manager", "m").replace("alerting", "a");
    }

    String address(String process) {
        return SUBNET + (FIRST + List.copyOf(services.keySet()).indexOf(process));
    }

    @Override
    public void close() throws Exception {
        for (String namespace : Stream.concat(
                        Stream.of(bridge), services.keySet().stream().map(this::namespace))
                .toList()) {
            new ProcessBuilder("ip", "netns", "del", namespace)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            Files.deleteIfExists(etc(namespace).resolve("hosts"));
            Files.deleteIfExists(etc(namespace));
        }
    }

    private String hosts() {
        StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n" + HOST + " postgres\n");
        services.forEach((name, service) ->
                hosts.append(String.join(" ", address(name), service, name)).append('\n'));
        return hosts.toString();
    }

    private void add(String process, String hosts) throws Exception {
        String namespace = namespace(process);
        Programs.run("ip", "netns", "add", namespace);
        Programs.run("ip", "netns", "exec", namespace, "ip", "link", "set", "lo", "up");
        join("eth0", namespace, address(process));
        // A process resolves its own name.
        Files.writeString(
                Files.createDirectories(etc(namespace)).resolve("hosts"),
                hosts + address(process) + " " + Programs.run("hostname").trim() + "\n");
    }

    /** The folder from which {@code ip netns exec} mounts files over those in {@code /etc}. */
    private static Path etc(String namespace) {
        return Path.of("/etc/netns").resolve(namespace);
    }

    private void join(String link, @Nullable String namespace, String address) throws Exception {
        String peer = "p" + address.substring(SUBNET.length());
        Programs.run("ip", "link", "add", id + "l", "type", "veth", "peer", "name", peer, "netns", bridge);
        Programs.run("ip", "netns", "exec", bridge, "ip", "link", "set", peer, "master", "br0", "up");
        List<String> inside = namespace == null ? List.of() : List.of("ip", "netns", "exec", namespace);
        if (namespace != null) {
            Programs.run("ip", "link", "set", id + "l", "netns", namespace);
        }
        for (List<String> step : List.of(
                List.of("ip", "link", "set", id + "l", "name", link),
                List.of("ip", "addr", "add", address + "/24", "dev", link),
                List.of("ip", "link", "set", link, "up"))) {
            List<String> command = new ArrayList<>(inside);
            command.addAll(step);
            Programs.run(command.toArray(String[]::new));
        }
    }
}
