package dev.weir.standalone.command.collect;

import dev.weir.ingest.collector.goldmane.GoldmaneCollector;
import dev.weir.ingest.collector.goldmane.GoldmaneConfig;
import dev.weir.ingest.pipeline.FlowClock;
import dev.weir.ingest.stream.StreamServer;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints flows of Calico's Goldmane. */
@Command(name = GoldmaneCollector.KIND, mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class GoldmaneCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Printing printing;

    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            description = "Address of the server. Default: ${DEFAULT-VALUE}",
            defaultValue = "localhost:7443")
    private String server;

    @Mixin
    private ServerOptions how;

    @Override
    public Integer call() throws InterruptedException {
        GoldmaneConfig config = new GoldmaneConfig(
                server,
                how.since == null ? null : Printing.duration("--since", how.since),
                how.tls(),
                how.ca,
                how.certificate,
                how.key,
                how.serverName);
        StreamServer there = Objects.requireNonNull(config.streamServer());
        GoldmaneCollector collector = new GoldmaneCollector(
                config,
                there,
                printing.pipeline(GoldmaneCollector.KIND, FlowClock.arrival(InstantSource.system())),
                InstantSource.system(),
                printing.metrics());
        return printing.run(
                collector, () -> spec.commandLine().getErr().println("weir: following " + server + "; Ctrl-C stops"));
    }
}
