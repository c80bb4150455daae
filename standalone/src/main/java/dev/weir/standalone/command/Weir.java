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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        versionProvider = VersionCommand.Provider.class)
public final class Weir {
    private static final Logger LOG = LoggerFactory.getLogger(Weir.class);

    private static final String COMPLETION = "generate-completion";

    /** The commands by their names, in the order of the help. */
    private static final Map<String, Class<?>> COMMANDS = commands();

    private Weir() {}

    public static void main(String[] args) {
        run(commandLineOf(args), args);
    }

    /** Executes a command, and ends the process with its exit code. */
    static void run(CommandLine line, String... args) {
        int code;
        // Null is allowed; then no folder is deleted.
        try (TemporaryFolder folder = TemporaryFolder.ofThisProcess()) {
            code = line.execute(args);
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

    /** The command line with all commands, ready to execute. */
    public static CommandLine commandLine() {
        return withSubcommands(COMMANDS);
    }

    /**
     * The command line for these arguments. If they name a command, it has that command alone: reading the annotations
     * of all takes longer than most commands do.
     */
    public static CommandLine commandLineOf(String... args) {
        String name = args.length == 0 ? "" : args[0];
        Class<?> command = name.equals(COMPLETION) ? null : COMMANDS.get(name);
        return withSubcommands(command == null ? COMMANDS : Map.of(name, command));
    }

    private static CommandLine withSubcommands(Map<String, Class<?>> commands) {
        CommandLine line = new CommandLine(new Weir());
        // A command line of its own, since only that transforms the model of its command.
        commands.forEach((name, command) -> line.addSubcommand(name, new CommandLine(command)));
        return configured(line);
    }

    /** Sets the output, the errors and the exit codes that all command lines of Weir have. */
    static CommandLine configured(CommandLine line) {
        line.setCaseInsensitiveEnumValuesAllowed(true);
        shareVersion(line);
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

    /** Lets each command print the version of the whole; picocli leaves it to a command to name its own. */
    private static void shareVersion(CommandLine line) {
        for (CommandLine command : line.getSubcommands().values()) {
            command.getCommandSpec().versionProvider(line.getCommandSpec().versionProvider());
            shareVersion(command);
        }
    }

    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("up", UpCommand.class);
        commands.put("demo", DemoCommand.class);
        commands.put("analyze", AnalyzeCommand.class);
        commands.put("detect", DetectCommand.class);
        commands.put("policy", PolicyCommand.class);
        commands.put("collect", CollectCommand.class);
        commands.put("alerts", AlertsCommand.class);
        commands.put("incidents", IncidentsCommand.class);
        commands.put("baseline", BaselineCommand.class);
        commands.put("suppress", SuppressCommand.class);
        commands.put("ingest", IngestCommand.class);
        commands.put("alerting", AlertingCommand.class);
        commands.put("topics", TopicsCommand.class);
        commands.put("token", TokenCommand.class);
        commands.put(COMPLETION, GenerateCompletion.class);
        commands.put("version", VersionCommand.class);
        return commands;
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
