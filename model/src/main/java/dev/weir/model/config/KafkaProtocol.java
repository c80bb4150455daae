package dev.weir.model.config;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Finds out before any client is made whether Kafka's port speaks TLS and the client does not, or the reverse. A Kafka client takes
 * the first bytes of a TLS alert for the length of an answer, and asks for hundreds of megabytes of memory.
 */
public final class KafkaProtocol {
    private static final int WAIT_MS = 1_000;
    private static final int MAX_ANSWER = 1 << 20;
    private static final int CORRELATION = 0x57656972;
    private static final int API_VERSIONS = 18;
    /** Content types of TLS records, RFC 8446 section 5.1. */
    private static final int TLS_ALERT = 21;

    private static final int TLS_HANDSHAKE = 22;

    private enum Spoken {
        PLAIN,
        TLS,
        UNKNOWN
    }

    private KafkaProtocol() {}

    /**
     * Asks each bootstrap server. One that does not answer is passed over, since it may come later; takes a second for each at most
     * to connect and one to answer.
     *
     * @throws ConfigException when a server speaks the other protocol
     */
    public static void check(KafkaConfig kafka) {
        String protocol = kafka.allProperties()
                .getOrDefault("security.protocol", "PLAINTEXT")
                .toUpperCase(Locale.ROOT);
        boolean tls = protocol.endsWith("SSL");
        boolean sasl = protocol.startsWith("SASL");
        for (String server : kafka.bootstrapServers().split(",")) {
            Spoken spoken = spoken(server.strip());
            if (spoken == Spoken.TLS && !tls) {
                throw new ConfigException("Kafka at " + server.strip() + " speaks TLS, and security.protocol is "
                        + protocol
                        + "; set kafka.properties.security.protocol to " + (sasl ? "SASL_SSL" : "SSL or SASL_SSL")
                        + ", or name a port that speaks plain text in kafka.bootstrap_servers");
            }
            if (spoken == Spoken.PLAIN && tls) {
                throw new ConfigException("Kafka at " + server.strip() + " speaks plain text, and security.protocol is "
                        + protocol + "; set kafka.properties.security.protocol to "
                        + (sasl ? "SASL_PLAINTEXT" : "PLAINTEXT")
                        + ", or name a port that speaks TLS in kafka.bootstrap_servers");
            }
        }
    }

    private static Spoken spoken(String server) {
        int colon = server.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            String host = server.substring(0, Math.max(0, colon)).replaceAll("^\\[|\\]$", "");
            socket.connect(new InetSocketAddress(host, Integer.parseInt(server.substring(colon + 1))), WAIT_MS);
            socket.setSoTimeout(WAIT_MS);
            socket.getOutputStream().write(apiVersions());
            int length = new DataInputStream(socket.getInputStream()).readInt();
            int type = length >>> 24;
            if (type == TLS_ALERT || type == TLS_HANDSHAKE) {
                return Spoken.TLS;
            }
            return length >= Integer.BYTES
                            && length <= MAX_ANSWER
                            && new DataInputStream(socket.getInputStream()).readInt() == CORRELATION
                    ? Spoken.PLAIN
                    : Spoken.UNKNOWN;
        } catch (IOException | IllegalArgumentException e) {
            // What is wrong with the address or the network is reported by the client that meets it.
            return Spoken.UNKNOWN;
        }
    }

    /** A request that every listener answers before it knows who asks; Kafka protocol, ApiVersions version 0. */
    private static byte[] apiVersions() {
        byte[] client = {'w', 'e', 'i', 'r'};
        int length = 2 + 2 + 4 + 2 + client.length;
        return ByteBuffer.allocate(Integer.BYTES + length)
                .putInt(length)
                .putShort((short) API_VERSIONS)
                .putShort((short) 0)
                .putInt(CORRELATION)
                .putShort((short) client.length)
                .put(client)
                .array();
    }
}
