package dev.weir.standalone.command;

import dev.weir.alerting.AlertingConfig;
import dev.weir.alerting.notify.slack.SlackConfig;
import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.StateBackend;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.Durations;
import dev.weir.ingest.IngestConfig;
import dev.weir.ingest.collector.manifests.ManifestsCollector;
import dev.weir.ingest.collector.manifests.ManifestsConfig;
import dev.weir.ingest.collector.netflow.NetflowCollector;
import dev.weir.ingest.collector.netflow.NetflowConfig;
import dev.weir.standalone.UpConfig;
import dev.weir.standalone.demo.Demo;
import dev.weir.standalone.demo.ShopFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Plays the demo. */
@Command(
        name = "demo",
        description = "Simulate a shop's traffic and show the resulting alerts.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--for", paramLabel = "DURATION", description = "End after this time, for example 90s.")
    private @Nullable String length;

    @Option(
            names = "--slack",
            paramLabel = "URL",
            description = "URL of a Slack incoming webhook; alerts are really posted to it.")
    private @Nullable String slack;

    @Option(
            names = "--save",
            paramLabel = "DIR",
            description =
                    "Only write the shop's manifests, policies and recorded flows to a new directory, to try commands on.")
    private @Nullable Path save;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of the simulation. Default: ${DEFAULT-VALUE}",
            defaultValue = "1")
    private long seed;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port of the API; 0 for any free one. Default: ${DEFAULT-VALUE}",
            defaultValue = "8080")
    private int port;

    @Override
    public Integer call() throws Exception {
        if (save != null) {
            return save(save);
        }
        Duration time = length == null ? null : parse(length);
        Stopping stopping = new Stopping();
        try {
            Path folder = TemporaryFolder.directory("weir-demo");
            Demo demo =
                    new Demo(seed, InstantSource.system(), spec.commandLine().getOut());
            Path manifests = folder.resolve("manifests");
            demo.describe(manifests);
            demo.run(
                    settings(folder.resolve("data"), manifests),
                    time,
                    ManagementFactory.getRuntimeMXBean().getStartTime(),
                    stopping::asked);
        } finally {
            stopping.stopped();
        }
        return 0;
    }

    private int save(Path directory) throws IOException {
        if (Files.exists(directory)) {
            throw new ConfigException("--save: " + directory + " is there already; name a new directory");
        }
        int flows = ShopFiles.write(directory, seed, InstantSource.system().millis());
        spec.commandLine()
                .getOut()
                .println("Wrote " + directory + ": manifests, policies, and flows.ndjson.gz with " + flows + " flows");
        return 0;
    }

    private UpConfig settings(Path data, Path manifests) {
        return new UpConfig(
                data.toString(),
                new UpConfig.BrokerConfig(0, null),
                IngestConfig.defaults()
                        .with(NetflowCollector.TYPE, NetflowConfig.off())
                        .with(ManifestsCollector.TYPE, new ManifestsConfig(manifests.toString(), null)),
                AnalyticsConfig.defaults()
                        .waiting(Duration.ofSeconds(2), Duration.ofSeconds(5))
                        .keeping(StateBackend.HEAP)
                        .learning(Demo.LEARN),
                AlertingConfig.defaults()
                        .with(AlertingConfig.HttpConfig.at(null, port), new SlackConfig(slack, null, null)));
    }

    private static Duration parse(String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--for: " + e.getMessage());
        }
    }
}
