package dev.weir.standalone.broker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weir.common.config.KafkaConfig;
import dev.weir.model.Topics;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Log lines of the embedded broker about mistakes of its clients. */
class EmbeddedBrokerTest {
    private static final int PATIENCE_MS = 60_000;
    /** The lowest byte of the length of a batch, of which the others are 0. */
    private static final int LENGTH_AT = 11;

    private static final int MAGIC_AT = 16;
    private static final int CHECKSUM_AT = 20;
    private static final short FETCH = 1;
    private static final short ALTER_CONFIGS = 33;
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
    void mistakeOfAClientIsNoError() throws Exception {
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
        assertThat(errors()).isEmpty();
    }

    @Test
    void batchIsCorruptThenThereIsNoError() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
            TopicSetup.ensure(new KafkaConfig(broker.bootstrapServers(), Map.of()), 1, (short) 1);
            assertThat(answer(broker, corruptBatch(CHECKSUM_AT))).isPositive();
            assertThat(answer(broker, corruptBatch(LENGTH_AT))).isPositive();
            assertThat(answer(broker, corruptBatch(MAGIC_AT))).isPositive();
        }
        assertThat(errors()).isEmpty();
    }

    @Test
    void fetchHasNoSuchIsolationLevelThenThereIsNoError() throws Exception {
        byte[] topic = Topics.FLOWS.topic().getBytes(StandardCharsets.UTF_8);
        byte[] body = ByteBuffer.allocate(43 + topic.length)
                .putInt(-1)
                .putInt(1)
                .putInt(1)
                .putInt(1_000)
                .put((byte) 9)
                .putInt(1)
                .putShort((short) topic.length)
                .put(topic)
                .putInt(1)
                .putInt(0)
                .putLong(0)
                .putInt(1_000)
                .array();
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
            TopicSetup.ensure(new KafkaConfig(broker.bootstrapServers(), Map.of()), 1, (short) 1);
            assertThat(answer(broker, request(FETCH, 4, body))).isPositive();
        }
        assertThat(errors()).isEmpty();
    }

    @Test
    void settingHasABadValueThenThereIsNoError() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
            TopicSetup.ensure(new KafkaConfig(broker.bootstrapServers(), Map.of()), 1, (short) 1);
            alter(broker, new ConfigResource(ConfigResource.Type.TOPIC, Topics.FLOWS.topic()), "retention.ms");
            alter(broker, new ConfigResource(ConfigResource.Type.TOPIC, Topics.FLOWS.topic()), "no.such.key");
            alter(broker, new ConfigResource(ConfigResource.Type.BROKER, "1"), "log.cleaner.threads");
            assertThat(answer(broker, request(ALTER_CONFIGS, 0, legacyAlter()))).isPositive();
        }
        assertThat(errors()).isEmpty();
    }

    private static void alter(EmbeddedBroker broker, ConfigResource resource, String key) {
        AlterConfigOp bad = new AlterConfigOp(new ConfigEntry(key, "many"), AlterConfigOp.OpType.SET);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            assertThat(admin.incrementalAlterConfigs(Map.of(resource, List.of(bad)))
                            .all())
                    .failsWithin(Duration.ofMillis(PATIENCE_MS));
        }
    }

    /** A request of a client that does not know incremental changes of settings. */
    private static byte[] legacyAlter() {
        byte[] key = "log.cleaner.threads".getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(4 + 1 + 3 + 4 + 2 + key.length + 6 + 1)
                .putInt(1)
                .put(ConfigResource.Type.BROKER.id())
                .putShort((short) 1)
                .put((byte) '1')
                .putInt(1)
                .putShort((short) key.length)
                .put(key)
                .putShort((short) 4)
                .putInt(0x6d616e79)
                .put((byte) 0)
                .array();
    }

    /** Sends a request and returns the length of the answer; -1 when the broker hangs up instead. */
    private static int answer(EmbeddedBroker broker, byte[] request) throws IOException {
        String[] address = broker.bootstrapServers().split(":");
        try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
            socket.setSoTimeout(PATIENCE_MS);
            socket.getOutputStream().write(request);
            byte[] size = socket.getInputStream().readNBytes(4);
            return size.length < 4 ? -1 : ByteBuffer.wrap(size).getInt();
        }
    }

    private static byte[] corruptBatch(int at) {
        MemoryRecords records =
                MemoryRecords.withRecords(Compression.NONE, new SimpleRecord("flow".getBytes(StandardCharsets.UTF_8)));
        ByteBuffer bytes = records.buffer();
        // A length of 0, a wrong checksum, or a version that does not exist.
        bytes.put(at, (byte) (at == LENGTH_AT ? 0 : ~bytes.get(at)));
        ProduceRequestData.TopicProduceData topic = new ProduceRequestData.TopicProduceData()
                .setName(Topics.FLOWS.topic())
                .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData().setRecords(records)));
        ProduceRequestData data = new ProduceRequestData()
                .setAcks((short) 1)
                .setTimeoutMs(PATIENCE_MS)
                .setTopicData(new ProduceRequestData.TopicProduceDataCollection(
                        List.of(topic).iterator()));
        short version = 9;
        ByteBuffer whole = new ProduceRequest(data, version)
                .serializeWithHeader(new RequestHeader(ApiKeys.PRODUCE, version, "x", 1));
        byte[] payload = new byte[whole.remaining()];
        whole.get(payload);
        return framed(payload);
    }

    private List<String> errors() {
        return List.copyOf(lines.list).stream()
                .filter(line -> line.getLevel().isGreaterOrEqual(Level.ERROR))
                .map(line -> line.getLoggerName() + ": " + line.getFormattedMessage() + " "
                        + (line.getThrowableProxy() == null
                                ? ""
                                : line.getThrowableProxy().getClassName()))
                .toList();
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
