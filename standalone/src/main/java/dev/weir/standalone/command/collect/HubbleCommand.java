package dev.weir.standalone.command.collect;

import dev.weir.ingest.collector.hubble.HubbleCollector;
import dev.weir.ingest.collector.hubble.HubbleConfig;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Hubble Relay or an agent. */
@Command(
        name = HubbleCollector.KIND,
        description = "Hubble Relay or a Cilium agent, by gRPC. Hubble's exported lines are read by logs.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class HubbleCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Printing printing;

    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            description = "Default: ${DEFAULT-VALUE}",
            defaultValue = "localhost:4245")
    private String server;

    @Option(names = "--since", paramLabel = "DURATION", description = "How far back to begin. Default: 0s")
    private @Nullable String since;

    @Option(names = "--tls", description = "Speak TLS.")
    private boolean tls;

    @Option(names = "--ca", paramLabel = "FILE", description = "PEM authorities of the server.")
    private @Nullable String ca;

    @Option(names = "--certificate", paramLabel = "FILE", description = "PEM certificate chain, for mutual TLS.")
    private @Nullable String certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "PEM private key of the certificate.")
    private @Nullable String key;

    @Option(names = "--server-name", paramLabel = "NAME", description = "Name that the server's certificate holds.")
    private @Nullable String serverName;

    @Option(
            names = "--allow",
            paramLabel = "FILTER",
            description = "Take what matches one of these, such as from-pod=shop/,port=5432 or verdict=dropped.")
    private @Nullable List<String> allow;

    @Option(names = "--deny", paramLabel = "FILTER", description = "Leave out what matches one of these.")
    private @Nullable List<String> deny;

    @Override
    public Integer call() throws InterruptedException {
        HubbleConfig config = new HubbleConfig(
                server,
                since == null ? null : Printing.duration("--since", since),
                tls ? Boolean.TRUE : null,
                ca,
                certificate,
                key,
                serverName,
                allow,
                deny);
        HubbleCollector collector = new HubbleCollector(
                config, printing.intake(HubbleCollector.KIND), InstantSource.system(), printing.metrics());
        return printing.run(
                collector, () -> spec.commandLine().getErr().println("weir: following " + server + "; Ctrl-C stops"));
    }
}
