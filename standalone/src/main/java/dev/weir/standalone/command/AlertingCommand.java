package dev.weir.standalone.command;

import dev.weir.alerting.Alerting;
import dev.weir.model.config.ConfigLoader;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Alerting alone, against a Kafka cluster. */
@Command(
        name = "alerting",
        description = "Run alerting alone, against a Kafka cluster.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class AlertingCommand implements Callable<Integer> {
    private static final long CHECK_MS = 1_000;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration file; see docs/reference/configuration.md.")
    private @Nullable Path config;

    @Override
    public Integer call() throws Exception {
        ProcessConfig.OfAlerting settings = ConfigLoader.load(config, ProcessConfig.OfAlerting.class, System.getenv());
        Stopping stopping = new Stopping();
        DefaultExports.initialize();
        try (Alerting alerting = new Alerting(
                settings.alerting(),
                settings.kafka(),
                InstantSource.system(),
                CollectorRegistry.defaultRegistry,
                (alert, applied) -> {},
                () -> true)) {
            alerting.start();
            spec.commandLine().getOut().println("API       " + alerting.url() + "/api/v1/alerts");
            boolean asked = false;
            while (!asked) {
                asked = stopping.asked(CHECK_MS);
            }
        } finally {
            stopping.stopped();
        }
        return 0;
    }
}
