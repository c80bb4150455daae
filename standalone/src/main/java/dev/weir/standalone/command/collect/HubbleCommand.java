package dev.weir.standalone.command.collect;

import dev.weir.ingest.collector.hubble.HubbleCollector;
import dev.weir.ingest.collector.hubble.HubbleConfig;
import dev.weir.ingest.pipeline.FlowClock;
import dev.weir.ingest.stream.StreamServer;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints flows of Hubble Relay or of a Cilium agent. */
@Command(name = HubbleCollector.KIND, mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class HubbleCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Printing printing;

    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            description = "Address of the server. Default: ${DEFAULT-VALUE}",
            defaultValue = "localhost:4245")
    private String server;

    @Mixin
    private ServerOptions how;

    @Option(
            names = "--allow",
            paramLabel = "FILTER",
            description =
                    "Take flows that match one of these filters, for example from-pod=shop/,port=5432 or verdict=dropped.")
    private @Nullable List<String> allow;

    @Option(names = "--deny", paramLabel = "FILTER", description = "Leave out flows that match one of these filters.")
    private @Nullable List<String> deny;

    @Override
    public Integer call() throws InterruptedException {
        HubbleConfig config = new HubbleConfig(
                server,
                how.since == null ? null : Printing.duration("--since", how.since),
                how.tls(),
                how.ca,
                how.certificate,
                how.key,
                how.serverName,
                allow,
                deny);
        StreamServer there = Objects.requireNonNull(config.streamServer());
        HubbleCollector collector = new HubbleCollector(
                config,
                there,
                printing.pipeline(HubbleCollector.KIND, FlowClock.arrival(InstantSource.system())),
                InstantSource.system(),
                printing.metrics());
        return printing.run(
                collector, () -> spec.commandLine().getErr().println("weir: following " + server + "; Ctrl-C stops"));
    }
}
