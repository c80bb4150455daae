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

    /** Of the version that each record begins with, in SSL 3 and all of TLS. */
    private static final int TLS_MAJOR = 3;

    private enum Spoken {
        PLAIN,
        TLS,
        UNKNOWN
    }

    private KafkaProtocol() {}

    /** Asks the servers of the section {@code kafka}; see {@link #check(KafkaConfig, String)}. */
    public static void check(KafkaConfig kafka) {
        check(kafka, "kafka");
    }

    /**
     * Asks each bootstrap server. One that does not answer is passed over, since it may come later; takes a second for each at most
     * to connect and one to answer, and as much again for one that ends the connection.
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
            Spoken spoken = spoken(server);
            if (spoken == Spoken.TLS && !tls) {
                throw mismatch(server, "TLS", protocol, sasl ? "SASL_SSL" : "SSL or SASL_SSL", "plain text", section);
            }
            if (spoken == Spoken.PLAIN && tls) {
                throw mismatch(server, "plain text", protocol, sasl ? "SASL_PLAINTEXT" : "PLAINTEXT", "TLS", section);
            }
        }
    }

    private static ConfigException mismatch(
            BootstrapServer server, String spoken, String protocol, String right, String other, String section) {
        return new ConfigException("Kafka at " + server.text() + " speaks " + spoken + ", and security.protocol is "
                + protocol + "; set " + section + ".properties.security.protocol to " + right
                + ", or name a port that speaks " + other + " in " + section + ".bootstrap_servers");
    }

    private static Spoken spoken(BootstrapServer server) {
        InetSocketAddress address = new InetSocketAddress(server.host(), server.port());
        if (address.isUnresolved()) {
            // The client that meets it reports it.
            return Spoken.UNKNOWN;
        }
        try (Socket socket = connected(address)) {
            return answer(socket);
        } catch (SocketException | EOFException e) {
            // OpenSSL sends no alert for bytes that are no TLS record: it ends the connection.
            return answersTls(address) ? Spoken.TLS : Spoken.UNKNOWN;
        } catch (IOException e) {
            return Spoken.UNKNOWN;
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

    private static Spoken answer(Socket socket) throws IOException {
        socket.getOutputStream().write(apiVersions());
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int length = in.readInt();
        if (isTls(length >>> 24)) {
            return Spoken.TLS;
        }
        boolean isAnswer = length >= Integer.BYTES && length <= MAX_ANSWER && in.readInt() == CORRELATION;
        return isAnswer ? Spoken.PLAIN : Spoken.UNKNOWN;
    }

    /** Whether a ClientHello is answered in TLS, be it by a refusal. */
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
