package dev.weir.standalone.command;

import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the ingest image: the part of {@link Weir} that needs neither Flink nor alerting. */
@Command(
        name = "weir",
        description = "Collectors of network flows, and the topics they write to.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.Provider.class,
        subcommands = {IngestCommand.class, TopicsCommand.class, GenerateCompletion.class, VersionCommand.class})
public final class WeirIngest {
    private WeirIngest() {}

    public static void main(String[] args) {
        Weir.run(Weir.configured(new CommandLine(new WeirIngest())), args);
    }
}
