package dev.weir.standalone.command.detect;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.job.OfflineRun;
import dev.weir.ingest.collector.logs.FlowFiles;
import dev.weir.model.Alert;
import dev.weir.model.Flow;
import dev.weir.model.codec.FlowCodec;
import dev.weir.standalone.command.InputProblems;
import dev.weir.standalone.command.RecordedFlows;
import dev.weir.standalone.command.RecordingOptions;
import dev.weir.standalone.command.TextTable;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the job on recorded flows once for each value of each threshold. */
@Command(
        name = "tune",
        description = "Show how often a detector would have fired on recorded flows with other thresholds.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TuneCommand implements Callable<Integer> {
    private static final List<Double> FACTORS = List.of(0.25, 0.5, 2.0, 4.0);

    @Spec
    private CommandSpec spec;

    @Mixin
    private RecordedFlows flows;

    @Option(
            names = "--detector",
            required = true,
            paramLabel = "ID",
            description = "Id of the detector, for example port-scan.")
    private String detector;

    @Mixin
    private RecordingOptions options;

    private long problems;

    @Override
    public Integer call() throws Exception {
        AnalyticsConfig config = options.config();
        List<Threshold> thresholds = Threshold.of(detector, config.detectors());
        Set<String> usual = alerts(config);
        PrintWriter out = spec.commandLine().getOut();
        TextTable table = new TextTable("SETTING", "VALUE", "ALERTS", "MORE", "FEWER");
        for (Threshold threshold : thresholds) {
            table.add(threshold.key(), threshold.value() + " (now)", Integer.toString(usual.size()), "", "");
            for (double factor : FACTORS) {
                Number value = threshold.times(factor);
                if (!value.equals(threshold.value())) {
                    Set<String> with = alerts(threshold.set(config, value));
                    table.add(
                            "",
                            value.toString(),
                            Integer.toString(with.size()),
                            without(with, usual),
                            without(usual, with));
                }
            }
        }
        table.print(out);
        out.flush();
        return problems == 0 ? 0 : 1;
    }

    private static String without(Set<String> all, Set<String> others) {
        long count = all.stream().filter(each -> !others.contains(each)).count();
        return count == 0 ? "" : Long.toString(count);
    }

    /** Runs the job and returns the ids of the detector's alerts. */
    private Set<String> alerts(AnalyticsConfig config) throws Exception {
        // Each run reads the same files and meets the same problems.
        PrintWriter err = problems == 0 ? spec.commandLine().getErr() : new PrintWriter(Writer.nullWriter());
        InputProblems report = new InputProblems(err);
        try (FlowFiles read = FlowFiles.connections(flows.files(), report)) {
            Set<String> ids = OfflineRun.run(
                            values(read),
                            List.of(),
                            config,
                            flow -> report.accept("a flow is rejected: " + flow.reason()))
                    .alerts()
                    .stream()
                    .filter(alert -> alert.detector().equals(detector))
                    .map(Alert::id)
                    .collect(Collectors.toCollection(TreeSet::new));
            problems = Math.max(problems, report.end());
            return ids;
        }
    }

    /** Returns the flows as values of {@code weir.flows}. */
    private static Iterator<byte[]> values(Iterator<Flow> flows) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return flows.hasNext();
            }

            @Override
            public byte[] next() {
                return FlowCodec.encode(flows.next());
            }
        };
    }
}
