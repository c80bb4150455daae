package dev.weir.standalone.command.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.standalone.command.client.Output.Column;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Manages suppressions: matching alerts are kept and no receiver is notified. */
@Command(
        name = "suppress",
        description = "Stop notifications about matching alerts; the alerts are still stored.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class SuppressCommand {
    @Spec
    private CommandSpec spec;

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    @Command(
            name = "add",
            description =
                    "Add a suppression. At least one of --detector, --namespace, --workload and --alert is required; alerts match when all that are given hold.",
            mixinStandardHelpOptions = true)
    int add(
            @Mixin ApiOptions api,
            @Option(
                            names = "--detector",
                            paramLabel = "DETECTOR",
                            description = "Only alerts of this detector, for example port-scan.")
                    @Nullable String detector,
            @Option(
                            names = {"-n", "--namespace"},
                            paramLabel = "NAMESPACE",
                            description =
                                    "Only alerts whose source is in this namespace; those whose destination is in it are not suppressed.")
                    @Nullable String namespace,
            @Option(
                            names = "--workload",
                            paramLabel = "WORKLOAD",
                            description =
                                    "Only alerts whose source is the workload of this name, without its namespace, or this IP address.")
                    @Nullable String workload,
            @Option(names = "--alert", paramLabel = "ID", description = "Only the alert with this id.") @Nullable String alert,
            @Option(
                            names = "--for",
                            paramLabel = "DURATION",
                            description = "Time for which it holds, for example 7d. Without it, until it is undone.")
                    @Nullable String duration,
            @Option(
                            names = "--reason",
                            required = true,
                            paramLabel = "TEXT",
                            description = "Reason, kept with the suppression and shown by weir suppress list.")
                    String reason) {
        Map<String, Object> body = new HashMap<>();
        put(body, "detector", detector);
        put(body, "namespace", namespace);
        put(body, "workload", workload);
        put(body, "alert", alert);
        if (body.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "one of --detector, --namespace, --workload and --alert is required; without any, all alerts would be"
                            + " suppressed");
        }
        put(body, "until_ms", duration == null ? null : (Long) Until.after(duration));
        body.put("reason", reason);
        JsonNode decision = new ApiClient(api).post("/suppressions", body);
        new Output(out(), api.format)
                .one(decision, each -> each.at("/feedback/id").asText() + "  suppressed");
        return 0;
    }

    private static void put(Map<String, Object> body, String name, @Nullable Object value) {
        if (value != null) {
            body.put(name, value);
        }
    }

    @Command(name = "list", description = "List suppressions, the newest first.", mixinStandardHelpOptions = true)
    int list(@Mixin ApiOptions api) {
        JsonNode decisions = new ApiClient(api)
                .pages("/suppressions", Map.of(), "decisions", "next_cursor", "cursor", Integer.MAX_VALUE);
        new Output(out(), api.format)
                .list(
                        decisions,
                        Column.of("ID", each -> each.at("/feedback/id").asText()),
                        Column.of("DETECTOR", each -> Output.text(each.at("/feedback/detector"))),
                        Column.of("NAMESPACE", each -> Output.text(each.at("/feedback/namespace"))),
                        Column.of("WORKLOAD", each -> Output.text(each.at("/feedback/workload"))),
                        Column.wide("ALERT", each -> Output.text(each.at("/feedback/alert"))),
                        Column.of("UNTIL (UTC)", each -> Output.time(each.at("/feedback/until_ms"))),
                        Column.of("BY", each -> Output.text(each.at("/feedback/by"))),
                        Column.of("REASON", each -> Output.text(each.at("/feedback/reason"))));
        return 0;
    }

    @Command(
            name = "undo",
            description = "Undo a suppression: notifications are sent again.",
            mixinStandardHelpOptions = true)
    int undo(@Mixin ApiOptions api, @Parameters(paramLabel = "ID", description = "Id of the suppression.") String id) {
        JsonNode decision = new ApiClient(api).delete("/decisions/" + ApiClient.encoded(id));
        new Output(out(), api.format).one(decision, each -> id + "  undone");
        return 0;
    }
}
