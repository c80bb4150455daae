package dev.weir.ingest.collector.logs;

import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.collector.CollectorChecks;
import dev.weir.ingest.collector.CollectorType;
import dev.weir.ingest.collector.KafkaSetup;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.publish.FlowSink;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The kind {@code logs}: lines from files, by {@code POST} and from a topic, each with a collector of its own. */
public final class LogsCollectors {
    public static final CollectorType<LogsConfig> TYPE = CollectorType.ofKafka(
            FileCollector.KIND,
            "Lines of a format that is listed below, from files and standard input.",
            LogsConfig.class,
            LogsCollectors::of,
            LogsCollectors::check);

    private LogsCollectors() {}

    private static List<Collector> of(KafkaSetup setup, LogsConfig config) {
        List<Collector> collectors = new ArrayList<>();
        Function<FlowSink, FlowPipeline> pipelines = sink -> setup.recorded(FileCollector.KIND, sink);
        if (config.http().enabled()) {
            collectors.add(new HttpCollector(
                    config.http(),
                    () -> setup.waiting(FileCollector.KIND),
                    setup.spool(),
                    setup.lag(),
                    setup.metrics()));
        }
        String topic = config.kafka().topic();
        if (topic != null) {
            collectors.add(new TopicCollector(
                    config.kafka(),
                    topic,
                    setup.kafka(),
                    pipelines,
                    setup.transactions(FileCollector.KIND, "topic", topic),
                    setup.metrics()));
        }
        for (String path : config.paths()) {
            collectors.add(new FileCollector(
                    path,
                    config.follow(),
                    config.format(),
                    pipelines,
                    setup.transactions(FileCollector.KIND, "file", path),
                    setup.metrics()));
        }
        return collectors;
    }

    private static void check(CollectorChecks checks, LogsConfig config) {
        HttpConfig http = config.http();
        if (http.enabled()) {
            checks.tcp(FileCollector.KIND, http.host(), http.port(), "ingest.logs.http.port");
            checks.file("ingest.logs.http.token_file", http.tokenFile());
        }
        KafkaConfig kafka =
                config.kafka().topic() == null ? null : config.kafka().kafka();
        if (kafka != null) {
            checks.kafka(kafka, TopicConfig.SECTION);
        }
        if (!config.follow()) {
            config.paths().stream()
                    .filter(path -> !path.equals(FileCollector.STANDARD_INPUT))
                    .forEach(path -> checks.file("ingest.logs.paths", path));
        }
    }
}
