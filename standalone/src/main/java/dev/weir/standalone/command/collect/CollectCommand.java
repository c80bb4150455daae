package dev.weir.standalone.command.collect;

import dev.weir.ingest.format.LineFormat;
import dev.weir.ingest.format.LineFormats;
import dev.weir.standalone.command.TextTable;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints the flows of a source on standard output, to try the source out. */
@Command(
        name = "collect",
        description = "Read flows from a source and print them, without Kafka: the way to try a source.",
        mixinStandardHelpOptions = true,
        subcommands = {
            NetflowCommand.class,
            HubbleCommand.class,
            GoldmaneCommand.class,
            ConntrackCommand.class,
            PcapCommand.class,
            KubernetesCommand.class,
            LogsCommand.class
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class CollectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--list", description = "List the kinds of sources, and the formats of logs.")
    private boolean list;

    @Override
    public Integer call() {
        if (!list) {
            throw new ParameterException(spec.commandLine(), "a kind of source is missing; --list shows them");
        }
        PrintWriter out = spec.commandLine().getOut();
        TextTable kinds = new TextTable("KIND", "WHAT IT READS");
        for (CommandLine each : spec.subcommands().values()) {
            CommandSpec kind = each.getCommandSpec();
            kinds.add(kind.name(), String.join(" ", kind.usageMessage().description()));
        }
        kinds.print(out);
        out.println();
        TextTable formats = new TextTable("FORMAT OF LOGS", "WHAT IT IS");
        for (LineFormat format : LineFormats.all()) {
            formats.add(format.id(), format.title());
        }
        formats.print(out);
        return 0;
    }
}
