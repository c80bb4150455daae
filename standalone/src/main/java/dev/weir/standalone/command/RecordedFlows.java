package dev.weir.standalone.command;

import dev.weir.common.config.ConfigException;
import dev.weir.ingest.collector.logs.FlowFiles;
import dev.weir.model.Flow;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** The option for files of recorded flows, and their reader. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class RecordedFlows {
    @Option(
            names = "--flows",
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "Files of flows in a format of logs that weir collect --list names, plain or gzip; - for standard input.")
    private List<String> files;

    public List<String> files() {
        return files;
    }

    /**
     * Reads all files in order, orients the flows, and prints the problems of lines that cannot be read.
     *
     * @return the number of problems
     */
    public long read(PrintWriter err, Consumer<Flow> flows) throws IOException {
        for (String file : files) {
            String missing = FlowFiles.problem(file);
            if (missing != null) {
                throw new ConfigException("--flows: " + missing);
            }
        }
        InputProblems problems = new InputProblems(err);
        try (FlowFiles file = FlowFiles.connections(files, problems)) {
            while (file.hasNext()) {
                flows.accept(file.next());
            }
        }
        return problems.end();
    }
}
