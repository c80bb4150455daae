package dev.weir.standalone.command;

import dev.weir.ingest.Ingest;
import dev.weir.standalone.StartChecks;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs ingest alone, against a Kafka cluster. */
@Command(
        name = "ingest",
        description =
                "Run ingest alone, against Kafka: it collects flows and publishes them. The Flink job and weir alerting run beside it.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class IngestCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigFile config;

    @Override
    public Integer call() throws Exception {
        ProcessConfig.OfIngest settings = config.load(ProcessConfig.OfIngest.class);
        StartChecks.ingest(settings.ingest(), settings.kafka(), settings.metricsPort());
        Stopping stopping = new Stopping();
        DefaultExports.initialize();
        try (Ingest ingest = new Ingest(
                        settings.ingest(),
                        settings.kafka(),
                        InstantSource.system(),
                        CollectorRegistry.defaultRegistry);
                MetricsServer metrics = metrics(ingest, settings.metricsPort())) {
            ingest.start();
            spec.commandLine().getOut().println("metrics on port " + metrics.port());
            spec.commandLine().getOut().println("ready");
            stopping.awaitAsked();
        } finally {
            stopping.stopped();
        }
        return 0;
    }

    private static MetricsServer metrics(Ingest ingest, int port) {
        return MetricsServer.start(
                CollectorRegistry.defaultRegistry,
                port,
                reason -> ingest.metrics().connectionsClosed.labels(reason).inc());
    }
}
