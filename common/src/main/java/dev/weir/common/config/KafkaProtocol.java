package dev.weir.common.config;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/**
 * Finds out, before a client is made, whether Kafka's port speaks TLS and the client does not, or the reverse. A Kafka
 * client takes the first bytes of a TLS alert for the length of an answer, and asks for hundreds of megabytes of
 * memory.
 */
public final class KafkaProtocol {
    private static final int WAIT_MS = 1_000;
    private static final int MAX_ANSWER = 1 << 20;
    private static final int CORRELATION = 0x57656972;
    private static final int API_VERSIONS = 18;
    /** Content types of TLS records, RFC 8446 section 5.1. */
    private static final int TLS_ALERT = 21;

    private static final int TLS_HANDSHAKE = 22;

    /** The major version at the beginning of each record, in SSL 3 and all of TLS. */
    private static final int TLS_MAJOR = 3;

    private enum Protocol {
        PLAIN,
        TLS,
        UNKNOWN
    }

    private KafkaProtocol() {}

    /** Checks the servers of the section {@code kafka}; see {@link #check(KafkaConfig, String)}. */
    public static void check(KafkaConfig kafka) {
        check(kafka, "kafka");
    }

    /**
     * Checks each bootstrap server. A server that does not answer is skipped, since it may start later. A server takes
     * at most a second to connect and one to answer, and as much again when it ends the connection.
     *
     * @param section of the configuration that names the servers, for the message
     * @throws ConfigException when a server speaks the other protocol
     */
    public static void check(KafkaConfig kafka, String section) {
        String protocol = kafka.allProperties()
                .getOrDefault("security.protocol", "PLAINTEXT")
                .toUpperCase(Locale.ROOT);
        boolean tls = protocol.endsWith("SSL");
        boolean sasl = protocol.startsWith("SASL");
        for (BootstrapServer server : BootstrapServer.of(kafka.bootstrapServers())) {
            Protocol found = protocolOf(server);
            if (found == Protocol.TLS && !tls) {
                throw mismatch(server, "TLS", protocol, sasl ? "SASL_SSL" : "SSL or SASL_SSL", "plain text", section);
            }
            if (found == Protocol.PLAIN && tls) {
                throw mismatch(server, "plain text", protocol, sasl ? "SASL_PLAINTEXT" : "PLAINTEXT", "TLS", section);
            }
        }
    }

    private static ConfigException mismatch(
            BootstrapServer server, String found, String protocol, String right, String other, String section) {
        return new ConfigException("Kafka at " + server.text() + " speaks " + found + ", and security.protocol is "
                + protocol + "; set " + section + ".properties.security.protocol to " + right
                + ", or name a port that speaks " + other + " in " + section + ".bootstrap_servers");
    }

    private static Protocol protocolOf(BootstrapServer server) {
        InetSocketAddress address = new InetSocketAddress(server.host(), server.port());
        if (address.isUnresolved()) {
            // The client that needs the server reports it.
            return Protocol.UNKNOWN;
        }
        try (Socket socket = connected(address)) {
            return answer(socket);
        } catch (SocketException | EOFException e) {
            // OpenSSL sends no alert for bytes that are no TLS record: it ends the connection.
            return answersTls(address) ? Protocol.TLS : Protocol.UNKNOWN;
        } catch (IOException e) {
            return Protocol.UNKNOWN;
        }
    }

    private static Socket connected(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, WAIT_MS);
            socket.setSoTimeout(WAIT_MS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw new IOException("cannot be reached", e);
        }
    }

    private static Protocol answer(Socket socket) throws IOException {
        socket.getOutputStream().write(apiVersions());
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int length = in.readInt();
        if (isTls(length >>> 24)) {
            return Protocol.TLS;
        }
        boolean isAnswer = length >= Integer.BYTES && length <= MAX_ANSWER && in.readInt() == CORRELATION;
        return isAnswer ? Protocol.PLAIN : Protocol.UNKNOWN;
    }

    /** True if a ClientHello is answered in TLS, even by a refusal. */
    private static boolean answersTls(InetSocketAddress address) {
        try (Socket socket = connected(address)) {
            socket.getOutputStream().write(clientHello(address));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            return isTls(in.readUnsignedByte()) && in.readUnsignedByte() == TLS_MAJOR;
        } catch (IOException | GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean isTls(int type) {
        return type == TLS_ALERT || type == TLS_HANDSHAKE;
    }

    private static byte[] clientHello(InetSocketAddress address) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, null, null);
        SSLEngine engine = context.createSSLEngine(address.getHostString(), address.getPort());
        engine.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        return Arrays.copyOf(hello.array(), hello.position());
    }

    /** A request that every listener answers before authentication; Kafka protocol, ApiVersions version 0. */
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
