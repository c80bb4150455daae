package dev.weir.standalone.command.collect;

import dev.weir.ingest.collector.pcap.PcapCollector;
import dev.weir.ingest.collector.pcap.PcapConfig;
import dev.weir.ingest.pipeline.EventClock;
import dev.weir.standalone.command.ExitCode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints flows of captures, from files or live. */
@Command(name = PcapCollector.KIND, mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class PcapCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Printing printing;

    @Parameters(arity = "0..*", paramLabel = "FILE", description = "Capture files.")
    private @Nullable List<String> files;

    @Option(names = "--interface", paramLabel = "NAME", description = "Capture on this interface.")
    private @Nullable String networkInterface;

    @Option(names = "--filter", paramLabel = "TEXT", description = "Filter of tcpdump for the packets to capture.")
    private @Nullable String filter;

    @Override
    public Integer call() throws InterruptedException {
        if (networkInterface == null && (files == null || files.isEmpty())) {
            throw new ParameterException(spec.commandLine(), "a FILE or --interface is missing");
        }
        PrintWriter err = spec.commandLine().getErr();
        EventClock clock = new EventClock();
        PcapCollector collector = new PcapCollector(
                new PcapConfig(files, networkInterface, filter, null),
                clock,
                printing.pipeline(PcapCollector.KIND, clock),
                printing.metrics());
        int code = printing.run(
                collector,
                () -> {
                    if (networkInterface != null) {
                        err.println("weir: capturing on " + networkInterface + "; Ctrl-C stops");
                    }
                },
                collector::finished);
        collector.problems().forEach(problem -> err.println("weir: " + problem));
        return collector.problems().isEmpty() ? code : ExitCode.FAILED;
    }
}
