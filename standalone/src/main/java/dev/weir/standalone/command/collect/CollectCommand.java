package dev.weir.standalone.command.collect;

import dev.weir.ingest.CollectorTypes;
import dev.weir.ingest.collector.CollectorType;
import dev.weir.ingest.format.LineFormat;
import dev.weir.ingest.format.LineFormats;
import dev.weir.standalone.command.TextTable;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints the flows of a source on standard output, to try the source out. */
@Command(
        name = "collect",
        description = "Read flows from a source and print them, without Kafka: the way to try a source.",
        mixinStandardHelpOptions = true,
        modelTransformer = CollectCommand.Kinds.class,
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
    /**
     * Describes each kind as the registry does, and adds a command with {@code --set} for a collector that has none of
     * its own.
     */
    static final class Kinds implements IModelTransformer {
        @Override
        public CommandSpec transform(CommandSpec collect) {
            for (CollectorType<?> type : CollectorTypes.ALL) {
                if (type.runsAlone() && !collect.subcommands().containsKey(type.kind())) {
                    collect.addSubcommand(type.kind(), new CommandLine(new SettingsCommand(type)));
                }
                CommandLine command = collect.subcommands().get(type.kind());
                if (command != null) {
                    command.getCommandSpec().usageMessage().description(type.title());
                }
            }
            return collect;
        }
    }

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
