package dev.weir.standalone.command.policy;

import dev.weir.common.config.ConfigException;
import dev.weir.ingest.collector.logs.FlowFiles;
import dev.weir.model.Flow;
import dev.weir.model.codec.FlowCodec;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Consumer;

/** Reads the flows of files, oriented, and prints the problems of lines that cannot be read. */
final class RecordedFlows {
    private RecordedFlows() {}

    /**
     * Reads all files in order.
     *
     * @return the number of problems printed
     */
    static int read(List<String> files, PrintWriter err, Consumer<Flow> flows) throws IOException {
        for (String file : files) {
            String missing = FlowFiles.problem(file);
            if (missing != null) {
                throw new ConfigException("--flows: " + missing);
            }
        }
        int[] problems = {0};
        try (FlowFiles file = FlowFiles.connections(files, problem -> {
            problems[0]++;
            err.println("weir: " + problem);
        })) {
            while (file.hasNext()) {
                flows.accept(FlowCodec.decode(file.next()));
            }
        }
        return problems[0];
    }
}
