package dev.weir.standalone.command.policy;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the commands of the policy engine, which work on files without a cluster. */
@Command(
        name = "policy",
        description = "Check, explain, test, simulate, recommend and map network policies.",
        mixinStandardHelpOptions = true,
        subcommands = {
            CheckCommand.class,
            ExplainCommand.class,
            TestCommand.class,
            SimulateCommand.class,
            RecommendCommand.class,
            MapCommand.class
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class PolicyCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
