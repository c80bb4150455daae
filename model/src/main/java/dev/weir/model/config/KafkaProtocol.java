package dev.weir.model.config;

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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

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

    /** As Kafka's clients read it: a protocol before the host, as in {@code listeners} of a broker, means nothing. */
    private static final Pattern SERVER = Pattern.compile("(?:\\w+://)?\\[?([^\\[\\]/]+?)]?:(\\d{1,5})");

    private static final int MAX_PORT = 65_535;

    private enum Spoken {
        PLAIN,
        TLS,
        UNKNOWN
    }

    private KafkaProtocol() {}

    /**
     * Asks each bootstrap server. One that does not answer is passed over, since it may come later; takes a second for each at most
     * to connect and one to answer, and as much again for one that ends the connection.
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
        InetSocketAddress address = address(server);
        if (address == null) {
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

    /** Null when it cannot be understood or resolved: the client that meets it reports what is wrong. */
    private static @Nullable InetSocketAddress address(String server) {
        Matcher matcher = SERVER.matcher(server);
        if (!matcher.matches()) {
            return null;
        }
        int port = Integer.parseInt(matcher.group(2));
        InetSocketAddress address = port > MAX_PORT ? null : new InetSocketAddress(matcher.group(1), port);
        return address == null || address.isUnresolved() ? null : address;
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
