package dev.weir.standalone.broker;

import dev.weir.common.config.UnavailableException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.function.Consumer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Kafka broker and controller (KRaft) in this JVM, on loopback, with its log in a folder. */
public final class EmbeddedBroker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final String CONTROLLER = "CONTROLLER";
    private static final String LOOPBACK = "127.0.0.1";

    private final KafkaRaftServer server;
    private final int port;

    private EmbeddedBroker(KafkaRaftServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Starts a broker and formats the folder when it is new.
     *
     * @param wantedPort TCP port for clients; 0 for any free one
     * @throws UnavailableException when the port is taken or the folder cannot be used
     */
    public static EmbeddedBroker start(Path folder, int wantedPort) {
        return start(folder, wantedPort, settings -> {});
    }

    /** Starts a broker with changed settings. */
    static EmbeddedBroker start(Path folder, int wantedPort, Consumer<Properties> change) {
        int port = wantedPort == 0 ? freePort() : requireFree(wantedPort);
        int controllerPort = freePort();
        try {
            Files.createDirectories(folder);
            if (!Files.exists(folder.resolve("meta.properties"))) {
                format(folder);
            }
            Properties settings = properties(folder, port, controllerPort);
            change.accept(settings);
            KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM);
            server.startup();
            return new EmbeddedBroker(server, port);
        } catch (IOException | KafkaException e) {
            throw new UnavailableException("the broker cannot start on " + folder + ": " + e.getMessage());
        } catch (Exception e) {
            throw new UnavailableException("the broker's folder " + folder + " cannot be formatted: " + e.getMessage());
        }
    }

    /** Returns the TCP port for clients. */
    public int port() {
        return port;
    }

    /** The address for clients, as {@code host:port}. */
    public String bootstrapServers() {
        return LOOPBACK + ":" + port;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
        LOG.debug("broker stopped");
    }

    private static void format(Path folder) throws Exception {
        Formatter formatter = new Formatter();
        // Standard output is the command's own.
        formatter.setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        formatter.setNodeId(1);
        formatter.setClusterId(Uuid.randomUuid().toString());
        formatter.setReleaseVersion(MetadataVersion.latestProduction());
        formatter.setControllerListenerName(CONTROLLER);
        formatter.setMetadataLogDirectory(folder.toString());
        formatter.addDirectory(folder.toString());
        formatter.run();
    }

    private static Properties properties(Path folder, int port, int controllerPort) {
        Properties all = new Properties();
        all.put("process.roles", "broker,controller");
        all.put("node.id", "1");
        all.put("log.dirs", folder.toString());
        all.put(
                "listeners",
                "PLAINTEXT://" + LOOPBACK + ":" + port + "," + CONTROLLER + "://" + LOOPBACK + ":" + controllerPort);
        all.put("advertised.listeners", "PLAINTEXT://" + LOOPBACK + ":" + port);
        all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
        all.put("controller.listener.names", CONTROLLER);
        all.put("controller.quorum.voters", "1@" + LOOPBACK + ":" + controllerPort);
        // A short session: the controller drops a killed broker soon, so the next one need not wait.
        all.put("broker.session.timeout.ms", "3000");
        all.put("broker.heartbeat.interval.ms", "500");
        for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            all.put(topic + ".replication.factor", "1");
        }
        all.put("offsets.topic.num.partitions", "1");
        all.put("transaction.state.log.num.partitions", "1");
        all.put("transaction.state.log.min.isr", "1");
        all.put("share.coordinator.state.topic.num.partitions", "1");
        all.put("share.coordinator.state.topic.min.isr", "1");
        all.put("group.initial.rebalance.delay.ms", "0");
        all.put("auto.create.topics.enable", "false");
        all.put("num.network.threads", "2");
        all.put("num.io.threads", "4");
        all.put("log.cleaner.dedupe.buffer.size", "8388608");
        all.put("log.cleaner.io.buffer.size", "131072");
        return all;
    }

    private static int requireFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(LOOPBACK, port));
            return port;
        } catch (IOException e) {
            throw new UnavailableException("Kafka cannot listen on " + LOOPBACK + ":" + port + ": " + e.getMessage()
                    + "; choose another with kafka.port, or 0 for any that is free");
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UnavailableException("no free port on " + LOOPBACK + ": " + e.getMessage());
        }
    }
}
