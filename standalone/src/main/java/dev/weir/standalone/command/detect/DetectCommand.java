package dev.weir.standalone.command.detect;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the commands that run detectors on files, without a cluster. */
@Command(
        name = "detect",
        description = "Run detectors with several settings on recorded flows and compare the results.",
        mixinStandardHelpOptions = true,
        subcommands = {TuneCommand.class})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class DetectCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
