package dev.weir.standalone.broker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What the broker inside logs of clients. */
class EmbeddedBrokerTest {
    private static final int PATIENCE_MS = 60_000;
    private static final short METADATA = 3;
    private static final short UNKNOWN = 999;

    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @TempDir
    Path folder;

    @BeforeEach
    void listen() {
        lines.start();
        root.addAppender(lines);
    }

    @AfterEach
    void stop() {
        root.detachAppender(lines);
    }

    @Test
    void whatAClientDidWrongIsNoError() throws Exception {
        List<byte[]> mistakes = List.of(
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8),
                new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 252, 3, 3, 7, 7, 7},
                framed(new byte[] {1, 2, 3}),
                ByteBuffer.allocate(4).putInt(-5).array(),
                request(UNKNOWN, 0, new byte[0]),
                request(-1, 0, new byte[0]),
                request(METADATA, 99, new byte[0]),
                request(METADATA, 12, new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9}));
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
            String[] address = broker.bootstrapServers().split(":");
            for (byte[] mistake : mistakes) {
                try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
                    socket.setSoTimeout(PATIENCE_MS);
                    socket.getOutputStream().write(mistake);
                    assertThat(socket.getInputStream().read())
                            .as("the broker hangs up")
                            .isEqualTo(-1);
                } catch (IOException reset) {
                    assertThat(reset).hasMessageContaining("reset");
                }
            }
        }
        assertThat(List.copyOf(lines.list))
                .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.ERROR))
                .isEmpty();
    }

    private static byte[] request(int key, int version, byte[] body) {
        return framed(ByteBuffer.allocate(11 + body.length)
                .putShort((short) key)
                .putShort((short) version)
                .putInt(1)
                .putShort((short) 1)
                .put((byte) 'x')
                .put(body)
                .array());
    }

    private static byte[] framed(byte[] payload) {
        return ByteBuffer.allocate(4 + payload.length)
                .putInt(payload.length)
                .put(payload)
                .array();
    }
}
