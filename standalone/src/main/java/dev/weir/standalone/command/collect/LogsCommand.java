package dev.weir.standalone.command.collect;

import dev.weir.common.config.ConfigException;
import dev.weir.ingest.collector.logs.FileCollector;
import dev.weir.ingest.collector.logs.FlowFiles;
import dev.weir.ingest.format.LineFormats;
import dev.weir.ingest.pipeline.EventClock;
import dev.weir.standalone.command.ExitCode;
import dev.weir.standalone.command.InputProblems;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints flows decoded from lines of files or of standard input. */
@Command(name = FileCollector.KIND, mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LogsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Printing printing;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files, plain or gzip; - for standard input.")
    private List<String> files;

    @Option(
            names = "--format",
            paramLabel = "NAME",
            description = "Format of the files. Default: recognised by the first line")
    private @Nullable String format;

    @Override
    public Integer call() throws IOException {
        if (format != null && LineFormats.named(format) == null) {
            throw new ConfigException("--format: '" + format + "' is none of " + LineFormats.ids());
        }
        InputProblems problems = new InputProblems(spec.commandLine().getErr());
        try (FlowFiles flows = new FlowFiles(
                files, format, sink -> printing.pipeline(FileCollector.KIND, new EventClock(), sink), problems)) {
            while (!printing.enough() && flows.hasNext()) {
                boolean unused = printing.print(flows.next());
            }
        }
        long count = problems.end();
        printing.summary();
        return count == 0 ? 0 : ExitCode.FAILED;
    }
}
