package dev.weir.analytics.job;

import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.operator.ActivityPart;
import dev.weir.analytics.operator.ContextLoader;
import dev.weir.analytics.operator.RawFlow;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.config.KafkaProtocol;
import dev.weir.common.kafka.KafkaClients;
import dev.weir.model.Alert;
import dev.weir.model.Baseline;
import dev.weir.model.ContextChange;
import dev.weir.model.Feedback;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Rejected;
import dev.weir.model.Topics;
import dev.weir.model.codec.ContextCodec;
import dev.weir.model.codec.Json;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Properties;
import java.util.function.Function;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects the job to its topics. Flows and context are read committed; see {@link Topics} for the records of each. */
public final class KafkaIo {
    private static final String GROUP = "weir-analytics";
    /**
     * The timeout of transactions, in ms: longer than a checkpoint and a restart, below the broker's default maximum.
     */
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(10);

    private KafkaIo() {}

    /**
     * The job's inputs from Kafka.
     *
     * @throws dev.weir.common.config.ConfigException when Kafka speaks TLS and the properties do not, or the reverse
     */
    public static AnalyticsJob.Sources sources(KafkaConfig kafka) {
        KafkaProtocol.check(kafka);
        return new AnalyticsJob.Sources(flows(kafka), context(kafka), loader(kafka), feedback(kafka));
    }

    public static AnalyticsJob.Sinks sinks(KafkaConfig kafka) {
        return new AnalyticsJob.Sinks(
                sink(kafka, Topics.ALERTS, Alert::id, json(), DeliveryGuarantee.AT_LEAST_ONCE),
                sink(
                        kafka,
                        Topics.ACTIVITY,
                        part -> part.key(DetectorScope.EDGE),
                        ActivityPart::activity,
                        DeliveryGuarantee.EXACTLY_ONCE),
                sink(kafka, Topics.BASELINES, Baseline::key, json(), DeliveryGuarantee.EXACTLY_ONCE),
                sink(kafka, Topics.REJECTED, Rejected::topic, json(), DeliveryGuarantee.AT_LEAST_ONCE));
    }

    /** The flows from the beginning of the topic to its present end, for runs that must finish. */
    public static KafkaSource<RawFlow> presentFlows(KafkaConfig kafka) {
        return flowsTo(kafka, OffsetsInitializer.latest());
    }

    /** The flows from the beginning of the topic to an end that it need not have reached. */
    public static KafkaSource<RawFlow> flowsTo(KafkaConfig kafka, OffsetsInitializer end) {
        return flowsBuilder(kafka)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setBounded(end)
                .build();
    }

    /** The context from the beginning of the topic to its present end. */
    public static KafkaSource<ContextChange> presentContext(KafkaConfig kafka) {
        return contextBuilder(kafka).setBounded(OffsetsInitializer.latest()).build();
    }

    /** People's decisions from the beginning of the topic to its present end. */
    public static KafkaSource<Feedback> presentFeedback(KafkaConfig kafka) {
        return feedbackBuilder(kafka).setBounded(OffsetsInitializer.latest()).build();
    }

    private static ContextLoader loader(KafkaConfig kafka) {
        return new KafkaContextLoader(kafka.bootstrapServers(), kafka.allProperties());
    }

    private static KafkaSource<RawFlow> flows(KafkaConfig kafka) {
        return flowsBuilder(kafka)
                .setStartingOffsets(OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST))
                .build();
    }

    private static KafkaSourceBuilder<RawFlow> flowsBuilder(KafkaConfig kafka) {
        Properties properties = KafkaClients.sourceProperties(kafka);
        properties.merge(
                CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG,
                FetchMetrics.class.getName(),
                (before, ours) -> before + "," + ours);
        return KafkaSource.<RawFlow>builder()
                .setProperties(properties)
                .setTopics(Topics.FLOWS.topic())
                .setGroupId(GROUP)
                .setDeserializer(new RawFlows());
    }

    private static KafkaSource<ContextChange> context(KafkaConfig kafka) {
        return contextBuilder(kafka).build();
    }

    private static KafkaSourceBuilder<ContextChange> contextBuilder(KafkaConfig kafka) {
        return KafkaSource.<ContextChange>builder()
                .setProperties(KafkaClients.sourceProperties(kafka))
                .setTopics(Topics.CONTEXT.topic())
                .setGroupId(GROUP + "-context")
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new ContextChanges());
    }

    private static KafkaSource<Feedback> feedback(KafkaConfig kafka) {
        return feedbackBuilder(kafka).build();
    }

    private static KafkaSourceBuilder<Feedback> feedbackBuilder(KafkaConfig kafka) {
        return KafkaSource.<Feedback>builder()
                .setProperties(KafkaClients.sourceProperties(kafka))
                .setTopics(Topics.FEEDBACK.topic())
                .setGroupId(GROUP + "-feedback")
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new FeedbackRecords());
    }

    private interface KeyOf<T> extends Function<T, String>, Serializable {}

    private interface ValueOf<T> extends Function<T, byte[]>, Serializable {}

    /**
     * One lambda for all types: deserialized method references to one method would have the type of the first of them.
     */
    private static <T> ValueOf<T> json() {
        return record -> Json.write(record);
    }

    private static <T> KafkaSink<T> sink(
            KafkaConfig kafka, Topics topic, KeyOf<T> key, ValueOf<T> value, DeliveryGuarantee guarantee) {
        return KafkaSink.<T>builder()
                .setKafkaProducerConfig(KafkaClients.sinkProperties(kafka, TRANSACTION_TIMEOUT))
                .setDeliveryGuarantee(guarantee)
                .setTransactionalIdPrefix(GROUP + "-" + topic.topic())
                .setRecordSerializer(new Records<>(topic.topic(), key, value))
                .build();
    }

    private static final class Records<T> implements KafkaRecordSerializationSchema<T> {
        private static final long serialVersionUID = 1L;

        private final String topic;
        private final KeyOf<T> key;
        private final ValueOf<T> value;

        Records(String topic, KeyOf<T> key, ValueOf<T> value) {
            this.topic = topic;
            this.key = key;
            this.value = value;
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(T record, KafkaSinkContext context, Long timestamp) {
            return new ProducerRecord<>(topic, key.apply(record).getBytes(StandardCharsets.UTF_8), value.apply(record));
        }
    }

    private static final class RawFlows implements KafkaRecordDeserializationSchema<RawFlow> {
        private static final long serialVersionUID = 1L;

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawFlow> out) {
            if (record.value() != null) {
                out.collect(new RawFlow(record.value(), record.partition(), record.offset()));
            }
        }

        @Override
        public TypeInformation<RawFlow> getProducedType() {
            return RawFlow.TYPE;
        }
    }

    private static final class ContextChanges implements KafkaRecordDeserializationSchema<ContextChange> {
        private static final long serialVersionUID = 1L;
        private static final Logger LOG = LoggerFactory.getLogger(ContextChanges.class);

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ContextChange> out) {
            if (record.value() == null) {
                return;
            }
            try {
                out.collect(ContextCodec.decode(record.value()));
            } catch (InvalidRecordException e) {
                LOG.warn("{} offset {} is rejected: {}", record.topic(), record.offset(), e.getMessage());
            }
        }

        @Override
        public TypeInformation<ContextChange> getProducedType() {
            return TypeInformation.of(ContextChange.class);
        }
    }

    private static final class FeedbackRecords implements KafkaRecordDeserializationSchema<Feedback> {
        private static final long serialVersionUID = 1L;
        private static final Logger LOG = LoggerFactory.getLogger(FeedbackRecords.class);

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Feedback> out) {
            if (record.key() == null) {
                LOG.warn("{} offset {} is rejected: it has no key", record.topic(), record.offset());
                return;
            }
            String id = new String(record.key(), StandardCharsets.UTF_8);
            try {
                out.collect(record.value() == null ? Feedback.undo(id) : Json.read(record.value(), Feedback.class));
            } catch (InvalidRecordException e) {
                LOG.warn("{} offset {} is rejected: {}", record.topic(), record.offset(), e.getMessage());
            }
        }

        @Override
        public TypeInformation<Feedback> getProducedType() {
            return TypeInformation.of(Feedback.class);
        }
    }
}
