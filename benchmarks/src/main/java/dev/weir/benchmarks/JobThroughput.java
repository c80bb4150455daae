package dev.weir.benchmarks;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.job.AnalyticsJob;
import dev.weir.analytics.job.FlinkSettings;
import dev.weir.analytics.job.KafkaIo;
import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.publish.ContextPublisher;
import dev.weir.ingest.publish.Outgoing;
import dev.weir.model.Flow;
import dev.weir.model.Topics;
import dev.weir.model.codec.FlowCodec;
import dev.weir.model.codec.FlowJson;
import dev.weir.standalone.broker.EmbeddedBroker;
import dev.weir.standalone.broker.TopicSetup;
import dev.weir.standalone.demo.Simulator;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the whole job and a null job (the same Kafka source, then nothing) over the same topic by turns, in this one
 * JVM, and prints the throughput of both and their ratio. The first turn warms the JVM up and does not count.
 *
 * <p>Arguments: how many flows (default 3,000,000), how many counted turns (default 3), how many times as many
 * connections as in a small shop each edge has (default 100: about forty flows for each pair of pods and ten seconds),
 * {@code json} for flows as JSON, over how many edges instead of those of the shop, how many of them each source has
 * (default 500), in how many task managers of one task each (default 1), and how many connections each of the edges has
 * in a slice (default 5).
 */
public final class JobThroughput {
    private static final long BEGAN = 1_790_000_000_000L;
    private static final long STEP = 10_000;
    private static final int PARTITIONS = 4;
    private static final int EDGES_IN_A_SLICE = 4_000;

    private JobThroughput() {}

    public static void main(String[] args) throws Exception {
        int flows = args.length > 0 ? Integer.parseInt(args[0]) : 3_000_000;
        int turns = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        double intensity = args.length > 2 ? Double.parseDouble(args[2]) : 100;
        String form = args.length > 3 ? args[3] : "protobuf";
        int edges = args.length > 4 ? Integer.parseInt(args[4]) : 0;
        int tasks = args.length > 6 ? Integer.parseInt(args[6]) : 1;
        int peers = args.length > 5 ? Integer.parseInt(args[5]) : 500;
        double flowsOfAnEdge = args.length > 7 ? Double.parseDouble(args[7]) : 5;
        ManyEdges many = edges == 0 ? null : new ManyEdges(edges, peers, EDGES_IN_A_SLICE, flowsOfAnEdge);
        Path folder = Files.createTempDirectory("weir-benchmark");
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0)) {
            KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
            TopicSetup.ensure(kafka, PARTITIONS, (short) 1);
            long published = fill(kafka, flows, new Simulator(1, intensity), many, form);
            System.out.printf(
                    Locale.ROOT, "%,d flows as %s in %d partitions, %d task%n", published, form, PARTITIONS, tasks);
            double[] ratios = new double[turns];
            long bytes = 0;
            long checkpointMs = 0;
            for (int turn = 0; turn <= turns; turn++) {
                double nothing = published / nullJob(kafka, tasks);
                CheckpointWatch checkpoints = CheckpointWatch.of(folder.resolve("checkpoints"));
                double job = published / wholeJob(kafka, tasks, folder.resolve("checkpoints"));
                checkpoints.close();
                bytes = checkpoints.mostBytes();
                checkpointMs = Math.max(checkpointMs, checkpoints.longestMs());
                System.out.printf(
                        Locale.ROOT,
                        "%s  null job %,9.0f/s  job %,9.0f/s  ratio %.3f%n",
                        turn == 0 ? "warm-up" : "turn " + turn,
                        nothing,
                        job,
                        job / nothing);
                if (turn > 0) {
                    ratios[turn - 1] = job / nothing;
                }
            }
            Arrays.sort(ratios);
            System.out.printf(Locale.ROOT, "median ratio %.3f%n", ratios[turns / 2]);
            if (edges > 0) {
                System.out.printf(
                        Locale.ROOT,
                        "%,d bytes of state, %,d for each edge; the longest checkpoint took %,d ms%n",
                        bytes,
                        bytes / edges,
                        checkpointMs);
            }
            System.out.printf(
                    Locale.ROOT, "%.1f flows in each activity%n", published * (turns + 1.0) / activities(kafka));
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static long fill(KafkaConfig kafka, int flows, Simulator shop, @Nullable ManyEdges many, String form)
            throws Exception {
        Properties properties = kafka.clientProperties();
        properties.put("compression.type", "lz4");
        properties.put("linger.ms", "20");
        long published = 0;
        try (ContextPublisher context = new ContextPublisher(kafka, new IngestMetrics(new CollectorRegistry()));
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            context.publish(shop.context());
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (long at = BEGAN; published < flows; at += STEP) {
                for (Flow flow : many == null ? shop.usual(at, at + STEP) : many.between(at, at + STEP)) {
                    byte[] value = form.equals("json") ? FlowJson.encode(flow) : FlowCodec.encode(flow);
                    // The key of ingest: an edge stays in one partition.
                    byte[] key = Outgoing.of("benchmark", flow).key();
                    sent.add(producer.send(new ProducerRecord<>(Topics.FLOWS.topic(), key, value)));
                    published++;
                }
                producer.flush();
                for (Future<RecordMetadata> each : sent) {
                    each.get();
                }
                sent.clear();
            }
        }
        return published;
    }

    /** The number of activities of all turns. */
    private static long activities(KafkaConfig kafka) throws Exception {
        try (Admin admin = Admin.create(kafka.clientProperties())) {
            return TopicRecords.count(admin, Topics.ACTIVITY.topic(), PARTITIONS);
        }
    }

    private static double nullJob(KafkaConfig kafka, int tasks) throws Exception {
        StreamExecutionEnvironment env = environment(FlinkSettings.streaming(AnalyticsConfig.defaults()), tasks);
        env.fromSource(KafkaIo.presentFlows(kafka), WatermarkStrategy.noWatermarks(), "flows")
                .sinkTo(new DiscardingSink<>());
        return seconds(env);
    }

    private static double wholeJob(KafkaConfig kafka, int tasks, Path checkpoints) throws Exception {
        AnalyticsConfig config = AnalyticsConfig.defaults();
        StreamExecutionEnvironment env = environment(FlinkSettings.streaming(config, checkpoints), tasks);
        AnalyticsJob.define(
                env,
                new AnalyticsJob.Sources(
                        KafkaIo.presentFlows(kafka),
                        KafkaIo.presentContext(kafka),
                        KafkaIo.sources(kafka).loader(),
                        KafkaIo.presentFeedback(kafka)),
                KafkaIo.sinks(kafka),
                config,
                false);
        return seconds(env);
    }

    private static StreamExecutionEnvironment environment(Configuration settings, int tasks) {
        settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(256));
        settings.set(CheckpointingOptions.ENABLE_CHECKPOINTS_AFTER_TASKS_FINISH, true);
        settings.set(TaskManagerOptions.MINI_CLUSTER_NUM_TASK_MANAGERS, tasks);
        settings.set(TaskManagerOptions.NUM_TASK_SLOTS, 1);
        return StreamExecutionEnvironment.createLocalEnvironment(tasks, settings);
    }

    /** The running time of the job as Flink reports it, without its start. */
    private static double seconds(StreamExecutionEnvironment env) throws Exception {
        return env.execute().getNetRuntime() / 1000.0;
    }
}
