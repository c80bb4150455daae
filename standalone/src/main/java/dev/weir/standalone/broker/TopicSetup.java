package dev.weir.standalone.broker;

import dev.weir.common.config.KafkaConfig;
import dev.weir.common.config.UnavailableException;
import dev.weir.common.kafka.KafkaClients;
import dev.weir.model.Topics;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates topics that are missing; existing topics stay unchanged. */
public final class TopicSetup {
    private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);
    private static final Duration CALL = Duration.ofSeconds(30);
    private static final Duration REQUEST = Duration.ofSeconds(10);
    /** The pause between two attempts to find the partitions of new topics. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    private static final String DEFAULT_REPLICATION = "default.replication.factor";
    /** Kafka's own defaults, set here so that a cluster with other defaults does not lose flows or refuse alerts. */
    private static final Duration RETENTION = Duration.ofDays(7);

    private static final int MAX_MESSAGE_BYTES = 1_048_588;

    private TopicSetup() {}

    /**
     * Creates the missing topics.
     *
     * @param partitions of the topics that flows and alerts go through
     * @param replication copies of each partition; -1 for the cluster's default
     * @throws dev.weir.common.config.ConfigException when the properties cannot be used
     * @throws UnavailableException when Kafka does not answer or refuses
     */
    public static void ensure(KafkaConfig kafka, int partitions, short replication) throws InterruptedException {
        KafkaSettings.check(kafka, "kafka");
        try (Admin admin = KafkaClients.admin(kafka, CALL, REQUEST)) {
            Set<String> present = admin.listTopics().names().get();
            int copies = replication > 0 ? replication : defaultReplication(admin);
            List<NewTopic> missing = new ArrayList<>();
            for (Topics topic : Topics.all()) {
                if (!present.contains(topic.topic())) {
                    missing.add(new NewTopic(topic.topic(), topic.partitions(partitions), replication)
                            .configs(settings(topic, copies)));
                }
            }
            create(admin, missing);
        } catch (ExecutionException e) {
            throw new UnavailableException(sentence(kafka, e.getCause()));
        }
    }

    private static String sentence(KafkaConfig kafka, @Nullable Throwable cause) {
        String where = "Kafka at " + kafka.bootstrapServers();
        String why = cause == null ? "no reason was given" : cause.getMessage();
        if (cause instanceof SslAuthenticationException) {
            return where + handshake(cause);
        }
        if (cause instanceof AuthenticationException) {
            return where + " refuses the login: " + why
                    + "; check kafka.properties and the files of kafka.properties_files";
        }
        if (cause instanceof AuthorizationException) {
            return where + " does not allow it: " + why + "; the login must be allowed to create and describe topics";
        }
        return where + " does not answer: " + why + "; is it running, and is kafka.bootstrap_servers right?";
    }

    private static String handshake(Throwable cause) {
        Throwable root = cause;
        boolean isUntrusted = false;
        for (Throwable each = cause; each != null; each = each.getCause()) {
            root = each;
            isUntrusted |= each instanceof CertificateException;
        }
        return isUntrusted
                ? " shows a certificate that is not trusted: " + root.getMessage()
                        + "; kafka.properties.ssl.truststore.location must name a file that holds its authority, and"
                        + " kafka.bootstrap_servers a host that the certificate is for"
                : " ends the TLS handshake: " + root.getMessage()
                        + "; if it asks for a certificate, kafka.properties.ssl.keystore.location must name one";
    }

    private static void create(Admin admin, List<NewTopic> missing) throws ExecutionException, InterruptedException {
        try {
            admin.createTopics(missing).all().get();
            awaitLeaders(admin, missing);
        } catch (ExecutionException e) {
            // Another process may create the topic at the same time.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /**
     * Waits until a broker serves each partition. A broker that does not serve one yet refuses the first batch of a
     * producer, may accept the second, which is under way already, and then refuses the first for ever, since it is out
     * of order. The client repeats its requests itself, but gives up at once on a topic that a broker does not know
     * yet, and looking for the offsets of such a topic also logs an error, so its description is awaited first.
     */
    private static void awaitLeaders(Admin admin, List<NewTopic> topics)
            throws ExecutionException, InterruptedException {
        List<String> names = topics.stream().map(NewTopic::name).toList();
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (NewTopic topic : topics) {
            for (int partition = 0; partition < topic.numPartitions(); partition++) {
                ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
            }
        }
        long deadline = System.nanoTime() + CALL.toNanos();
        while (true) {
            try {
                admin.describeTopics(names).allTopicNames().get();
                admin.listOffsets(ends).all().get();
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof RetriableException) || System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(PAUSE.toMillis());
            }
        }
    }

    /** The cluster's default replication factor; 1 when the cluster does not show it. */
    private static int defaultReplication(Admin admin) throws InterruptedException {
        try {
            String broker =
                    admin.describeCluster().nodes().get().iterator().next().idString();
            ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, broker);
            Config shown = admin.describeConfigs(List.of(resource)).all().get().get(resource);
            ConfigEntry entry = shown == null ? null : shown.get(DEFAULT_REPLICATION);
            return entry == null || entry.value() == null ? 1 : Integer.parseInt(entry.value());
        } catch (ExecutionException e) {
            LOG.warn(
                    "the cluster does not show {}; min.insync.replicas is left to it: {}",
                    DEFAULT_REPLICATION,
                    e.getMessage());
            return 1;
        }
    }

    /**
     * The settings of a topic that Weir creates.
     *
     * @param copies of each partition
     */
    public static Map<String, String> settings(Topics topic, int copies) {
        Map<String, String> settings = new HashMap<>();
        // Replayed flows have old timestamps; retention must count from their arrival.
        settings.put("message.timestamp.type", "LogAppendTime");
        settings.put("cleanup.policy", topic.compacted() ? "compact" : "delete");
        settings.put("max.message.bytes", Integer.toString(MAX_MESSAGE_BYTES));
        if (!topic.compacted()) {
            settings.put("retention.ms", Long.toString(RETENTION.toMillis()));
        }
        if (copies >= 3) {
            // With two copies in sync an acknowledged record survives the loss of one broker.
            settings.put("min.insync.replicas", "2");
        }
        if (topic == Topics.CONTEXT) {
            // Kafka compacts closed segments only, and every start reads the part that is not compacted.
            settings.put("segment.ms", "3600000");
            settings.put("segment.bytes", "33554432");
            settings.put("min.cleanable.dirty.ratio", "0.2");
        }
        return settings;
    }
}
