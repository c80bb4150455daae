package dev.weir.standalone.command;

import dev.weir.common.config.ConfigException;
import dev.weir.common.config.UnavailableException;
import dev.weir.standalone.command.client.AlertsCommand;
import dev.weir.standalone.command.client.BaselineCommand;
import dev.weir.standalone.command.client.IncidentsCommand;
import dev.weir.standalone.command.client.SuppressCommand;
import dev.weir.standalone.command.collect.CollectCommand;
import dev.weir.standalone.command.detect.DetectCommand;
import dev.weir.standalone.command.policy.PolicyCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the whole of Weir; {@link ExitCode} lists the exit codes. */
@Command(
        name = "weir",
        description = "Network flow monitoring and anomaly alerting for container clusters.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.Provider.class,
        subcommands = {
            UpCommand.class,
            DemoCommand.class,
            AnalyzeCommand.class,
            DetectCommand.class,
            PolicyCommand.class,
            CollectCommand.class,
            AlertsCommand.class,
            IncidentsCommand.class,
            BaselineCommand.class,
            SuppressCommand.class,
            IngestCommand.class,
            AlertingCommand.class,
            TopicsCommand.class,
            TokenCommand.class,
            GenerateCompletion.class,
            VersionCommand.class
        })
public final class Weir {
    private static final Logger LOG = LoggerFactory.getLogger(Weir.class);

    private Weir() {}

    public static void main(String[] args) {
        run(new Weir(), args);
    }

    /** Executes a command below a root command, and ends the process with its exit code. */
    static void run(Object root, String... args) {
        int code;
        // Null is allowed; then no folder is deleted.
        try (TemporaryFolder folder = TemporaryFolder.ofThisProcess()) {
            code = commandLine(root).execute(args);
        } catch (Error e) {
            if (!Stopping.isAsked()) {
                throw e;
            }
            LOG.debug("ended while it was starting", e);
            code = ExitCode.FAILED;
        }
        System.out.flush();
        // Halts, since threads of Kafka and Flink would keep the process alive after an error.
        Runtime.getRuntime().halt(code);
    }

    /** The command line, ready to execute. */
    public static CommandLine commandLine() {
        return commandLine(new Weir());
    }

    private static CommandLine commandLine(Object root) {
        CommandLine line = new CommandLine(root);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        CommandLine.IExecutionStrategy run = line.getExecutionStrategy();
        line.setExecutionStrategy(parsed -> {
            refuseUnknown(parsed);
            return run.execute(parsed);
        });
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            boolean ended = Stopping.isAsked() && !isExpected(e);
            String message = ended ? "ended before it was ready" : explain(e);
            message.lines().forEach(each -> command.getErr().println("weir: " + each));
            if (!isExpected(e) && !ended) {
                LOG.error("an unexpected error, which is a defect of Weir; please report it with this trace", e);
            }
            return e instanceof ConfigException ? ExitCode.WRONG : ExitCode.FAILED;
        });
        return line;
    }

    /** Refuses an unknown command; a request for help or the version would otherwise hide the mistake. */
    private static void refuseUnknown(CommandLine.ParseResult parsed) {
        for (CommandLine each : parsed.asCommandLineList()) {
            List<String> unknown = each.getUnmatchedArguments();
            if (!unknown.isEmpty()) {
                throw new CommandLine.UnmatchedArgumentException(each, unknown);
            }
        }
    }

    private static boolean isExpected(Exception e) {
        return e instanceof ConfigException || e instanceof UnavailableException;
    }

    private static String explain(Exception e) {
        return isExpected(e) ? String.valueOf(e.getMessage()) : e.toString();
    }
}
