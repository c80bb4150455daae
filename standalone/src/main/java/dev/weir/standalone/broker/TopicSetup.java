package dev.weir.standalone.broker;

import dev.weir.model.Topics;
import dev.weir.model.config.KafkaConfig;
import dev.weir.model.config.UnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes the topics that are missing; those that exist stay as they are. */
public final class TopicSetup {
    private static final String TIMEOUT_MS = "30000";

    private TopicSetup() {}

    /**
     * @param partitions of the topics that flows and alerts go through
     * @param replication copies of each partition; -1 for the cluster's default
     * @throws UnavailableException when Kafka does not answer or refuses
     */
    public static void ensure(KafkaConfig kafka, int partitions, short replication) throws InterruptedException {
        Properties properties = kafka.clientProperties();
        properties.put("default.api.timeout.ms", TIMEOUT_MS);
        properties.put("request.timeout.ms", "10000");
        try (Admin admin = Admin.create(properties)) {
            Set<String> present = admin.listTopics().names().get();
            List<NewTopic> missing = new ArrayList<>();
            for (Topics topic : Topics.all()) {
                if (!present.contains(topic.topic())) {
                    missing.add(new NewTopic(topic.topic(), topic.partitions(partitions), replication)
                            .configs(settings(topic)));
                }
            }
            create(admin, missing);
        } catch (ExecutionException e) {
            throw new UnavailableException("Kafka at " + kafka.bootstrapServers() + " does not answer: "
                    + String.valueOf(e.getCause()) + "; is it running, and is kafka.bootstrap_servers right?");
        }
    }

    private static void create(Admin admin, List<NewTopic> missing) throws ExecutionException, InterruptedException {
        try {
            admin.createTopics(missing).all().get();
        } catch (ExecutionException e) {
            // Another process may make them at the same time.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private static Map<String, String> settings(Topics topic) {
        Map<String, String> settings = new HashMap<>();
        // Replayed flows are old by their own time; what is kept is decided by when they came.
        settings.put("message.timestamp.type", "LogAppendTime");
        settings.put("cleanup.policy", topic.compacted() ? "compact" : "delete");
        return settings;
    }
}
