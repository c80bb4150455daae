package dev.weir.standalone;

import dev.weir.alerting.AlertingConfig;
import dev.weir.alerting.Receivers;
import dev.weir.alerting.api.Encryption;
import dev.weir.alerting.auth.Guard;
import dev.weir.alerting.auth.Oidc;
import dev.weir.alerting.auth.Tokens;
import dev.weir.alerting.notify.Secret;
import dev.weir.alerting.store.Database;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.config.UnavailableException;
import dev.weir.ingest.IngestConfig;
import dev.weir.ingest.enrichment.Networks;
import dev.weir.ingest.enrichment.NetworksConfig;
import dev.weir.standalone.broker.KafkaSettings;
import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks files, folders, ports and receivers before a process starts, and reports all mistakes at once. */
public final class StartChecks implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";

    private final List<String> wrong = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();
    /** Ports stay bound until all are checked, so that a port that is configured twice is found. */
    private final Deque<Closeable> bound = new ArrayDeque<>();

    private StartChecks() {}

    /** A check that throws when something stands in the way. */
    interface Check {
        void run() throws Exception;
    }

    /**
     * Checks the configuration of {@code weir up}.
     *
     * @throws ConfigException with a line for each mistake in the configuration, when there is one
     * @throws UnavailableException with a line for each thing that is missing or in use
     */
    public static void up(UpConfig config) {
        try (StartChecks checks = new StartChecks()) {
            checks.check(() -> DataFolder.open(Path.of(config.data())).close());
            checks.tcp("Kafka", LOOPBACK, config.kafka().port(), "kafka.port");
            checks.partsOfAlerting(
                    config.alerting(),
                    new KafkaConfig(LOOPBACK + ":" + config.kafka().port(), null));
            checks.partsOfIngest(config.ingest());
            checks.report();
        }
        String database = config.alerting().database();
        if (database != null) {
            // The database comes last, since opening it migrates its schema.
            new Database(database).close();
        }
    }

    /** Checks the configuration of {@code weir ingest}; throws as {@link #up} does. */
    public static void ingest(IngestConfig config, KafkaConfig kafka, int metricsPort) {
        try (StartChecks checks = new StartChecks()) {
            checks.check(() -> KafkaSettings.check(kafka, "kafka"));
            checks.tcp("metrics", "0.0.0.0", metricsPort, "metrics_port");
            checks.partsOfIngest(config);
            checks.report();
        }
    }

    /** Checks the configuration of {@code weir alerting}; throws as {@link #up} does. */
    public static void alerting(AlertingConfig config, KafkaConfig kafka) {
        try (StartChecks checks = new StartChecks()) {
            if (config.database() == null) {
                checks.wrong.add("alerting.database is missing; give a JDBC URL such as jdbc:h2:file:./data/weir");
            }
            checks.check(() -> KafkaSettings.check(kafka, "kafka"));
            checks.partsOfAlerting(config, kafka);
            checks.report();
        }
    }

    /** Checks the files and values of {@code weir alerting}, but no port and no service; throws as {@link #up} does. */
    public static void alertingFiles(AlertingConfig config, KafkaConfig kafka) {
        try (StartChecks checks = new StartChecks()) {
            checks.filesOfAlerting(config, kafka);
            checks.report();
        }
    }

    @Override
    public void close() {
        while (!bound.isEmpty()) {
            try {
                bound.pop().close();
            } catch (IOException e) {
                throw new UnavailableException("a port that was tried cannot be released: " + e.getMessage());
            }
        }
    }

    private void partsOfAlerting(AlertingConfig config, KafkaConfig kafka) {
        filesOfAlerting(config, kafka);
        tcp("HTTP", config.http().host(), config.http().port(), "alerting.http.port");
    }

    private void filesOfAlerting(AlertingConfig config, KafkaConfig kafka) {
        AlertingConfig.HttpConfig http = config.http();
        check(() -> Secret.url(http.publicUrl(), null, "alerting.http.public_url"));
        check(() -> Secret.url(config.runbooksUrl(), null, "alerting.runbooks_url"));
        check(() -> {
            config.links();
            String oidc = http.oidc();
            String token = Secret.token(http.tokenFile(), "alerting.http.token");
            new Guard(
                    Tokens.of(http.tokens(), token),
                    oidc == null ? null : Oidc.of(oidc, InstantSource.system()),
                    http.host(),
                    http.publicUrl(),
                    http.requestsPerSecond());
        });
        String database = config.database();
        if (database != null && !database.startsWith("jdbc:h2:") && !database.startsWith("jdbc:postgresql:")) {
            wrong.add("alerting.database must be a JDBC URL of H2 or PostgreSQL, such as jdbc:h2:file:./data/weir or"
                    + " jdbc:postgresql://db/weir");
        }
        check(() -> Receivers.of(config, kafka, InstantSource.system()));
        String keystore = http.keystore();
        String passwordFile = http.keystorePasswordFile();
        if (file("alerting.http.keystore", keystore) & file("alerting.http.keystore_password_file", passwordFile)
                && keystore != null) {
            check(() -> Encryption.of(keystore, passwordFile));
        }
    }

    private void partsOfIngest(IngestConfig config) {
        new ChecksOfCollectors(this).run(config);
        networks(config.networks());
        folder("ingest.spool.path", config.spool().path());
    }

    void mistake(String sentence) {
        wrong.add(sentence);
    }

    /** Each file is opened by itself, so that every mistake is found. */
    private void networks(NetworksConfig config) {
        config.databases().forEach(path -> {
            if (file("ingest.networks.databases", path)) {
                check(() -> Networks.open(new NetworksConfig(List.of(path), null)));
            }
        });
        config.lists().forEach((name, path) -> {
            if (file("ingest.networks.lists", path)) {
                check(() -> Networks.open(new NetworksConfig(null, Map.of(name, path))));
            }
        });
    }

    /** Returns true if the path is null or the file can be read; otherwise adds a mistake. */
    boolean file(String key, @Nullable String path) {
        if (path != null && (!Files.isReadable(Path.of(path)) || Files.isDirectory(Path.of(path)))) {
            wrong.add(path + ": there is no such file, or it may not be read; " + key + " names it");
            return false;
        }
        return true;
    }

    private void folder(String key, @Nullable String path) {
        Path at = path == null ? null : Path.of(path).toAbsolutePath();
        while (at != null && !Files.exists(at)) {
            at = at.getParent();
        }
        if (at != null && (!Files.isDirectory(at) || !Files.isWritable(at))) {
            missing.add(at + ": is not a folder that can be written to; " + key + " names " + path);
        }
    }

    void tcp(String what, String host, int port, String key) {
        if (port == 0) {
            return;
        }
        try {
            ServerSocket socket = new ServerSocket();
            bound.push(socket);
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            missing.add(taken(what, "TCP", host, port, key, e));
        }
    }

    void udp(String kind, String host, int port, String key) {
        if (port == 0) {
            return;
        }
        try {
            DatagramSocket socket = new DatagramSocket(new InetSocketAddress(host, port));
            bound.push(socket);
        } catch (IOException e) {
            missing.add(taken(kind, "UDP", host, port, key, e));
        }
    }

    private static String taken(String what, String kind, String host, int port, String key, IOException e) {
        return what + ": cannot listen on " + kind + " " + host + ":" + port + ": " + e.getMessage()
                + "; choose another with " + key + ", or 0 for any that is free";
    }

    void check(Check check) {
        try {
            check.run();
        } catch (ConfigException e) {
            String message = String.valueOf(e.getMessage());
            // Two checks may read the same setting.
            if (!wrong.contains(message)) {
                wrong.add(message);
            }
        } catch (UnavailableException e) {
            missing.add(String.valueOf(e.getMessage()));
        } catch (Exception e) {
            throw new IllegalStateException("a check failed by itself", e);
        }
    }

    private void report() {
        List<String> all = new ArrayList<>(wrong);
        all.addAll(missing);
        if (!wrong.isEmpty()) {
            throw new ConfigException(String.join("\n", all));
        }
        if (!missing.isEmpty()) {
            throw new UnavailableException(String.join("\n", all));
        }
    }
}
