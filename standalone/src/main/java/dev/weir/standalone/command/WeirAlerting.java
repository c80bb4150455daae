package dev.weir.standalone.command;

import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the alerting image: the part of {@link Weir} that needs neither Flink nor ingest. */
@Command(
        name = "weir",
        description = "Incidents, notifications and the API, and the tokens that the API asks for.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.Provider.class,
        subcommands = {AlertingCommand.class, TokenCommand.class, GenerateCompletion.class, VersionCommand.class})
public final class WeirAlerting {
    private WeirAlerting() {}

    public static void main(String[] args) {
        Weir.run(Weir.configured(new CommandLine(new WeirAlerting())), args);
    }
}
