package dev.weir.standalone.command.collect;

import dev.weir.ingest.collector.conntrack.ConntrackCollector;
import dev.weir.ingest.collector.conntrack.ConntrackConfig;
import dev.weir.ingest.pipeline.FlowClock;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints connections of the kernel's conntrack table. */
@Command(name = ConntrackCollector.KIND, mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ConntrackCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Printing printing;

    @Option(
            names = "--network-namespace",
            paramLabel = "FILE",
            description = "Network namespace to read, for example /proc/1/ns/net. Default: that of this process")
    private @Nullable String networkNamespace;

    @Option(
            names = "--report",
            paramLabel = "DURATION",
            description = "Time after which a connection that lasts is reported again. Default: 60s")
    private @Nullable String report;

    @Override
    public Integer call() throws InterruptedException {
        ConntrackConfig config = new ConntrackConfig(
                true,
                networkNamespace,
                report == null ? null : Printing.duration("--report", report),
                null,
                null,
                null);
        ConntrackCollector collector = new ConntrackCollector(
                config,
                printing.pipeline(ConntrackCollector.KIND, FlowClock.arrival(InstantSource.system())),
                InstantSource.system(),
                printing.metrics());
        return printing.run(
                collector, () -> spec.commandLine().getErr().println("weir: following connections; Ctrl-C stops"));
    }
}
