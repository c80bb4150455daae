package dev.weir.common.config;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server of Kafka's {@code bootstrap.servers}.
 *
 * @param text the server as configured
 */
record BootstrapServer(String text, String host, int port) {
    /**
     * The form that Kafka's clients read; a protocol before the host, as in a broker's {@code listeners}, is ignored.
     */
    private static final Pattern SERVER = Pattern.compile("(?:\\w+://)?\\[?([0-9a-zA-Z\\-%._:]+?)]?:(\\d{1,5})");

    private static final int MAX_PORT = 65_535;

    /**
     * Parses a list of servers.
     *
     * @param servers with commas between
     * @throws ConfigException naming a server that cannot be parsed
     */
    static List<BootstrapServer> of(String servers) {
        List<BootstrapServer> all = Arrays.stream(servers.split(","))
                .map(String::strip)
                .filter(server -> !server.isEmpty())
                .map(BootstrapServer::one)
                .toList();
        if (all.isEmpty()) {
            throw new ConfigException(
                    "bootstrap_servers names none; give host:port, several with commas between, such as kafka:9092");
        }
        return all;
    }

    private static BootstrapServer one(String text) {
        Matcher matcher = SERVER.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > MAX_PORT) {
            throw new ConfigException("bootstrap_servers: '" + text
                    + "' is not host:port, such as kafka:9092, with a port up to " + MAX_PORT);
        }
        return new BootstrapServer(text, matcher.group(1), Integer.parseInt(matcher.group(2)));
    }
}
