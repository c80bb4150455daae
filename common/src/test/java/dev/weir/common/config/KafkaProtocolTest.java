package dev.weir.common.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recognition of the protocol that a port speaks. */
class KafkaProtocolTest {
    /** The type of the records that hold ClientHello and ServerHello, RFC 8446, section 5.1. */
    private static final int HANDSHAKE = 22;
    /** The beginning of the record that holds ServerHello. */
    private static final byte[] ANSWER = {HANDSHAKE, 3, 3};

    /** The way in which a server ends a connection with bytes that are no TLS record. */
    private enum Ending {
        CLOSE,
        RESET
    }

    @FunctionalInterface
    private interface Answer {
        void to(Socket socket) throws Exception;
    }

    @ParameterizedTest
    @EnumSource(Ending.class)
    void tlsServerSendsNoAlertThenItIsFoundAsTls(Ending ending) throws Exception {
        try (ServerSocket server = server(socket -> openSsl(socket, ending))) {
            assertThatThrownBy(() -> KafkaProtocol.check(at(server, "", "PLAINTEXT")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("speaks TLS, and security.protocol is PLAINTEXT");
            assertThatCode(() -> KafkaProtocol.check(at(server, "", "SSL"))).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAINTEXT://", "SSL://", "SASL_SSL://", "SASL_PLAINTEXT://"})
    void entryHasAProtocolThenItsServerIsAsked(String prefix) throws Exception {
        try (ServerSocket server = server(socket -> openSsl(socket, Ending.CLOSE))) {
            assertThatThrownBy(() -> KafkaProtocol.check(at(server, prefix, "PLAINTEXT")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("speaks TLS");
        }
    }

    @Test
    void serverEndsEveryConnectionThenNothingIsSaid() throws Exception {
        try (ServerSocket server = server(Socket::close)) {
            assertThatCode(() -> KafkaProtocol.check(at(server, "", "PLAINTEXT")))
                    .doesNotThrowAnyException();
            assertThatCode(() -> KafkaProtocol.check(at(server, "", "SSL"))).doesNotThrowAnyException();
        }
    }

    private static KafkaConfig at(ServerSocket server, String prefix, String protocol) {
        return new KafkaConfig(prefix + "127.0.0.1:" + server.getLocalPort(), Map.of("security.protocol", protocol));
    }

    /** Reads the header of a record as OpenSSL does, and ends the connection if it is none of TLS. */
    private static void openSsl(Socket socket, Ending ending) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int type = in.readUnsignedByte();
        in.readUnsignedShort();
        int length = in.readUnsignedShort();
        if (type != HANDSHAKE) {
            // Closed with zero seconds to linger, a connection is reset.
            socket.setSoLinger(ending == Ending.RESET, 0);
            return;
        }
        in.readFully(new byte[length]);
        socket.getOutputStream().write(ANSWER);
    }

    private static ServerSocket server(Answer answer) throws IOException {
        ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> accept(server, answer), "test-server");
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private static void accept(ServerSocket server, Answer answer) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                answer.to(socket);
            } catch (Exception e) {
                // The client has gone, or the test has ended.
                continue;
            }
        }
    }
}
