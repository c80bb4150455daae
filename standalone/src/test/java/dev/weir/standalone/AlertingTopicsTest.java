package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.Alerting;
import dev.weir.alerting.AlertingConfig;
import dev.weir.alerting.AlertingConfig.HttpConfig;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.KafkaClients;
import dev.weir.model.Feedback;
import dev.weir.model.Topics;
import dev.weir.model.codec.Json;
import dev.weir.standalone.broker.EmbeddedBroker;
import dev.weir.standalone.broker.TopicSetup;
import io.prometheus.client.CollectorRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alerting against a real broker: the topics that it reads and those that it writes. */
class AlertingTopicsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String FINDINGS = "siem.findings";

    @TempDir
    Path folder;

    private static JsonNode get(Alerting weir, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(weir.url() + "/api/v1" + path))
                .build();
        return Json.MAPPER.readTree(
                HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    @Test
    void invalidRecordsAreCountedAndValidOnesStored() throws Exception {
        Path routes = Files.writeString(
                folder.resolve("routes.yaml"), "receivers: [{name: siem, ocsf: {topic: " + FINDINGS + "}}]\n");
        CollectorRegistry registry = new CollectorRegistry();
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0)) {
            KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
            TopicSetup.ensure(kafka, 2, (short) 1);
            try (Admin admin = KafkaClients.admin(kafka)) {
                admin.createTopics(List.of(new NewTopic(FINDINGS, Optional.of(1), Optional.of((short) 1))))
                        .all()
                        .get();
            }
            AlertingConfig plain = AlertingConfig.defaults();
            AlertingConfig config = new AlertingConfig(
                    HttpConfig.at(null, 0),
                    "jdbc:h2:file:" + folder.resolve("weir"),
                    null,
                    routes.toString(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    plain.slack(),
                    plain.webhook(),
                    plain.edges());
            try (Alerting weir = new Alerting(
                            config, kafka, InstantSource.system(), registry, (alert, applied) -> {}, () -> true);
                    KafkaProducer<byte[], byte[]> producer = KafkaClients.lastingProducer(kafka)) {
                weir.start();
                for (Topics topic :
                        List.of(Topics.ALERTS, Topics.ACTIVITY, Topics.BASELINES, Topics.FEEDBACK, Topics.CONTEXT)) {
                    send(producer, topic, "x", "{\"what\": ");
                }
                send(producer, Topics.ALERTS, "long", alert("long", "d".repeat(100)));
                send(producer, Topics.ALERTS, "good", alert("good", "port-scan"));
                send(producer, Topics.CONTEXT, "Pod/shop/web-0", """
                        {"kind":"Pod","namespace":"shop","name":"web-0","valid_from_ms":1,
                         "object":{"metadata":{"name":"web-0","namespace":"shop"},"status":{"podIP":"10.0.0.1"}}}""");
                Feedback theirs = new Feedback(
                        "theirs", Feedback.Action.SUPPRESS, null, "shop", null, null, null, null, 1, "other", "why");
                send(producer, Topics.FEEDBACK, "theirs", new String(Json.write(theirs), StandardCharsets.UTF_8));
                await().atMost(PATIENCE)
                        .until(() -> get(weir, "/alerts").path("alerts").size() == 1
                                && get(weir, "/workloads").path("workloads").size() == 1
                                && get(weir, "/suppressions").path("decisions").size() == 1);
                producer.send(new ProducerRecord<>(Topics.FEEDBACK.topic(), bytes("theirs"), null))
                        .get();
                await().atMost(PATIENCE)
                        .until(() ->
                                get(weir, "/suppressions").path("decisions").isEmpty());
                for (String counter : List.of("activities", "baselines", "feedback", "context")) {
                    await().atMost(PATIENCE).until(() -> Double.valueOf(1)
                            .equals(registry.getSampleValue("weir_alerting_" + counter + "_rejected_total")));
                }
                assertThat(registry.getSampleValue("weir_alerting_alerts_rejected_total"))
                        .as("one that cannot be read, and one that does not fit")
                        .isEqualTo(2);
                assertThat(registry.getSampleValue(
                                "weir_alerts_total",
                                new String[] {"detector", "severity", "namespace"},
                                new String[] {"port-scan", "high", "shop"}))
                        .isEqualTo(1);
                JsonNode finding = finding(kafka);
                assertThat(finding.path("class_uid").asInt()).isEqualTo(2004);
                assertThat(finding.at("/finding_info/uid").asText()).isEqualTo("good");
            }
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, Topics topic, String key, String value)
            throws Exception {
        producer.send(new ProducerRecord<>(topic.topic(), bytes(key), bytes(value)))
                .get();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String alert(String id, String detector) {
        return """
                {"id":"%s","detector":"%s","revision":1,"category":"discovery","severity":"high","confidence":0.9,
                 "title":"t","summary":"s","first_seen_ms":1,"last_seen_ms":2,"count":1,
                 "source":{"namespace":"shop","workload":"web"},"ports":[],"techniques":[],
                 "evidence":{"observed":{},"expected":{},"flows":[],"caveats":[]}}""".formatted(id, detector);
    }

    private static JsonNode finding(KafkaConfig kafka) throws Exception {
        Properties properties = kafka.clientProperties();
        properties.put("group.id", "siem");
        properties.put("auto.offset.reset", "earliest");
        List<byte[]> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(FINDINGS));
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("good");
                    values.add(record.value());
                });
                return !values.isEmpty();
            });
        }
        return Json.MAPPER.readTree(values.get(0));
    }
}
