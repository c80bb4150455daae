package dev.weir.standalone.command;

import dev.weir.standalone.AllInOne;
import dev.weir.standalone.StartChecks;
import dev.weir.standalone.UpConfig;
import io.prometheus.client.CollectorRegistry;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs all parts in one process. */
@Command(
        name = "up",
        description = "Run everything in this process: Kafka, Flink, ingest and alerting. For one machine.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class UpCommand implements Callable<Integer> {
    private static final long CHECK_MS = 1_000;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigFile config;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data folder; overrides the configuration. Default: ./data")
    private @Nullable String data;

    @Option(
            names = "--fresh",
            description = "Start the job with empty state: baselines are learned again. Old checkpoints move to the"
                    + " folder checkpoints-discarded; alerts and incidents in the database stay. Use it once, when a"
                    + " start is refused because of old state.")
    private boolean fresh;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        UpConfig settings = config.load(UpConfig.class);
        settings = data == null ? settings : settings.withData(data);
        StartChecks.up(settings);
        Stopping stopping = new Stopping();
        try (AllInOne weir = new AllInOne(
                settings,
                fresh,
                InstantSource.system(),
                CollectorRegistry.defaultRegistry,
                (alert, applied) -> {},
                part -> out.println("starting " + part))) {
            out.println("API       " + weir.url() + "/api/v1/alerts");
            out.println("Metrics   " + weir.url() + "/metrics");
            out.println("NetFlow   "
                    + (weir.netflowPort() == null
                            ? "off (ingest.netflow.enabled is false)"
                            : "UDP port " + weir.netflowPort()));
            out.println("HTTP      "
                    + (weir.flowsUrl() == null
                            ? "off (ingest.logs.http.enabled is false)"
                            : "POST " + weir.flowsUrl()));
            out.println("Kafka     " + weir.kafka().bootstrapServers());
            out.println("ready");
            while (!stopping.asked(CHECK_MS)) {
                if (!weir.healthy()) {
                    spec.commandLine().getErr().println("weir: the Flink job has ended; the log says why");
                    return ExitCode.FAILED;
                }
            }
            out.println("stopping");
        } finally {
            stopping.stopped();
        }
        return 0;
    }
}
