package dev.weir.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recognition of the protocol that a port speaks. */
class KafkaProtocolTest {
    private static final String PASSWORD = "weir-test";
    private static final int HANDSHAKE = 22;
    /** The number of bytes that OpenSSL reads before it decides. */
    private static final int LOOKED_AT = 5;

    @TempDir
    static Path folder;

    private static SSLContext tls;

    /** The way in which a server ends a connection with bytes that are no TLS record. */
    private enum Ending {
        CLOSE,
        RESET
    }

    @FunctionalInterface
    private interface Answer {
        void to(Socket socket) throws Exception;
    }

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path keystore = folder.resolve("server.p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keystore.toString(),
                        "-storepass",
                        PASSWORD))
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor())
                .as(new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keystore)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        tls = SSLContext.getInstance("TLS");
        tls.init(factory.getKeyManagers(), null, null);
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

    private static void openSsl(Socket socket, Ending ending) throws IOException {
        byte[] first = new byte[LOOKED_AT];
        new DataInputStream(socket.getInputStream()).readFully(first);
        if (first[0] != HANDSHAKE) {
            // Closed with zero seconds to linger, a connection is reset.
            socket.setSoLinger(ending == Ending.RESET, 0);
            socket.close();
            return;
        }
        try (SSLSocket encrypted =
                (SSLSocket) tls.getSocketFactory().createSocket(socket, new ByteArrayInputStream(first), true)) {
            encrypted.startHandshake();
        }
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
