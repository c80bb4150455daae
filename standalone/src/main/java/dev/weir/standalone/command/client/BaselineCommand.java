package dev.weir.standalone.command.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.UnavailableException;
import dev.weir.standalone.command.TextTable;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows and resets the baselines of a workload. */
@Command(
        name = "baseline",
        description = "Show the baselines of a workload of a running Weir, and decide on them.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class BaselineCommand {
    @Spec
    private CommandSpec spec;

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    @Command(
            name = "show",
            description = "Show the baselines of a workload, the newest first.",
            mixinStandardHelpOptions = true)
    int show(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "NAMESPACE/NAME", description = "Namespace and name of the workload.")
                    String workload) {
        String[] parts = parts(workload);
        JsonNode baselines = new ApiClient(api)
                .get("/baselines", Map.of("namespace", parts[0], "workload", parts[1], "limit", 100))
                .path("baselines");
        if (baselines.isEmpty()) {
            throw new UnavailableException("there is no baseline of the workload " + workload
                    + "; one begins with its first flow, and GET /api/v1/baselines gives those that exist");
        }
        new Output(out(), api.format).one(baselines, BaselineCommand::text);
        return 0;
    }

    private static String text(JsonNode baselines) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        for (JsonNode each : baselines) {
            out.println(each.path("detector").asText() + ": "
                    + each.path("state").asText().toLowerCase(Locale.ROOT)
                    + (each.path("locked").asBoolean() ? ", locked" : "") + ", "
                    + each.path("size").asText()
                    + " known since " + Output.time(each.path("since_ms")) + ", active in "
                    + each.path("windows").asText()
                    + " windows, " + each.path("unseen").asText() + " more to be expected");
            TextTable table =
                    new TextTable("  MEMBER", "FIRST SEEN (UTC)", "LAST SEEN (UTC)", "WINDOWS", "QUARANTINED");
            for (JsonNode member : each.path("members")) {
                table.add(
                        "  " + member.path("name").asText(),
                        Output.time(member.path("first_seen_ms")),
                        Output.time(member.path("last_seen_ms")),
                        member.path("windows").asText(),
                        member.path("quarantined").asBoolean() ? "until a person decides" : "");
            }
            table.print(out);
        }
        out.flush();
        return text.toString();
    }

    @Command(
            name = "lock",
            description = "Lock a workload's baselines: nothing more is learned.",
            mixinStandardHelpOptions = true)
    int lock(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "NAMESPACE/NAME", description = "Namespace and name of the workload.")
                    String workload,
            @Mixin Reason reason) {
        return decide(api, workload, "LOCK", reason);
    }

    @Command(name = "relearn", description = "Learn a workload's baselines anew.", mixinStandardHelpOptions = true)
    int relearn(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "NAMESPACE/NAME", description = "Namespace and name of the workload.")
                    String workload,
            @Mixin Reason reason) {
        return decide(api, workload, "RELEARN", reason);
    }

    private int decide(ApiOptions api, String workload, String action, Reason reason) {
        String[] parts = parts(workload);
        Map<String, Object> body = new HashMap<>();
        body.put("action", action);
        body.put("namespace", parts[0]);
        body.put("workload", parts[1]);
        if (reason.reason != null) {
            body.put("reason", reason.reason);
        }
        JsonNode decision = new ApiClient(api).post("/decisions", body);
        new Output(out(), api.format)
                .one(
                        decision,
                        each -> each.at("/feedback/id").asText() + "  " + action.toLowerCase(Locale.ROOT) + " "
                                + workload);
        return 0;
    }

    private static String[] parts(String workload) {
        String[] parts = workload.split("/", -1);
        if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw new ConfigException("'" + workload + "' is not NAMESPACE/NAME");
        }
        return parts;
    }
}
