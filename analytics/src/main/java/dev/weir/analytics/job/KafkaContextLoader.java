package dev.weir.analytics.job;

import dev.weir.analytics.operator.ContextLoader;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.WholeTopic;
import dev.weir.model.ContextChange;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Topics;
import dev.weir.model.codec.ContextCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads {@code weir.context} from its beginning to its present end. */
final class KafkaContextLoader implements ContextLoader {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(KafkaContextLoader.class);

    private final String bootstrapServers;
    private final HashMap<String, String> properties;

    KafkaContextLoader(String bootstrapServers, Map<String, String> properties) {
        this.bootstrapServers = bootstrapServers;
        this.properties = new HashMap<>(properties);
    }

    @Override
    public List<ContextChange> load() {
        Map<String, List<ContextChange>> byKey = new LinkedHashMap<>();
        WholeTopic.read(
                new KafkaConfig(bootstrapServers, properties), Topics.CONTEXT.topic(), message -> add(message, byKey));
        List<ContextChange> changes =
                byKey.values().stream().flatMap(List::stream).toList();
        if (changes.isEmpty()) {
            LOG.warn(
                    "Weir knows no objects of a cluster yet: flows keep only the names that they carry, and are judged as if"
                            + " there were no policies; ingest.kubernetes.enabled or ingest.manifests.path lets ingest publish objects");
        } else {
            LOG.info("{} context changes read at the start", changes.size());
        }
        return changes;
    }

    /** Adds a record. A tombstone drops the changes of its key, since they ended before the history. */
    private static void add(ConsumerRecord<byte[], byte[]> record, Map<String, List<ContextChange>> byKey) {
        String key = record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            byKey.remove(key);
            return;
        }
        try {
            ContextChange change = ContextCodec.decode(record.value());
            byKey.computeIfAbsent(key == null ? change.key() : key, each -> new ArrayList<>(1))
                    .add(change);
        } catch (InvalidRecordException e) {
            LOG.warn("{} offset {} is ignored: {}", record.topic(), record.offset(), e.getMessage());
        }
    }
}
