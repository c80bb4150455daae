package dev.weir.standalone.command.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.standalone.command.TextTable;
import dev.weir.standalone.command.client.Output.Column;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists and changes incidents of a running Weir. */
@Command(
        name = "incidents",
        description = "List the incidents (related alerts) of a running Weir, and change their status.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class IncidentsCommand extends IncidentActions {
    @Command(
            name = "list",
            description = "List incidents, the most recently seen first.",
            mixinStandardHelpOptions = true)
    int list(
            @Mixin ApiOptions api,
            @Option(
                            names = "--status",
                            paramLabel = "STATUS",
                            description =
                                    "Only incidents of this status: open, acknowledged, resolved or expected (a false alarm).")
                    @Nullable String status,
            @Option(
                            names = "--severity",
                            paramLabel = "SEVERITY",
                            description = "Only incidents of this severity or worse: low, medium, high or critical.")
                    @Nullable String severity,
            @Option(
                            names = {"-n", "--namespace"},
                            paramLabel = "NAMESPACE",
                            description = "Only incidents whose first alert has its source in this namespace.")
                    @Nullable String namespace,
            @Option(
                            names = "--assignee",
                            paramLabel = "PERSON",
                            description = "Only incidents that are assigned to this person.")
                    @Nullable String assignee,
            @Option(names = "--unreported", description = "Also incidents about which no notifications are sent.")
                    boolean unreported,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "50",
                            description = "Largest number of incidents. Default: ${DEFAULT-VALUE}")
                    int limit) {
        Map<String, @Nullable Object> query = new HashMap<>();
        query.put("status", status);
        query.put("severity", severity);
        query.put("namespace", namespace);
        query.put("assignee", assignee);
        query.put("unreported", unreported ? "true" : null);
        JsonNode incidents = new ApiClient(api).pages("/incidents", query, "incidents", "next_cursor", "cursor", limit);
        new Output(out(), api.format)
                .list(
                        incidents,
                        Column.of("ID", incident -> incident.path("id").asText()),
                        Column.of("LAST SEEN (UTC)", incident -> Output.time(incident.path("last_seen_ms"))),
                        Column.of("STATUS", incident -> incident.path("status").asText()),
                        Column.of("SEVERITY", incident -> incident.path("severity")
                                .asText()),
                        Column.of("ALERTS", incident -> incident.path("alerts").asText()),
                        Column.wide("NAMESPACE", incident -> Output.text(incident.path("namespace"))),
                        Column.of("ASSIGNEE", incident -> Output.text(incident.path("assignee"))),
                        Column.wide("SNOOZED UNTIL", incident -> Output.time(incident.path("snoozed_until_ms"))),
                        Column.of("TITLE", incident -> incident.path("title").asText()));
        return 0;
    }

    @Command(
            name = "show",
            description = "Show an incident with its alerts and timeline.",
            mixinStandardHelpOptions = true)
    int show(@Mixin ApiOptions api, @Parameters(paramLabel = "ID", description = "Id of the incident.") String id) {
        ApiClient client = new ApiClient(api);
        String path = "/incidents/" + ApiClient.encoded(id);
        ObjectNode incident = (ObjectNode) client.get(path, Map.of());
        incident.set(
                "timeline",
                client.pages(path + "/timeline", Map.of(), "entries", "next_after", "after", Integer.MAX_VALUE));
        new Output(out(), api.format).one(incident, IncidentsCommand::text);
        return 0;
    }

    private static String text(JsonNode incident) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        out.println(incident.path("title").asText());
        out.println(incident.path("status").asText() + ", "
                + incident.path("severity").asText() + ", "
                + incident.path("alerts").asText() + " alerts, assigned to " + Output.text(incident.path("assignee")));
        TextTable table = new TextTable("WHEN (UTC)", "WHO", "WHAT", "WHY");
        for (JsonNode entry : incident.path("timeline")) {
            table.add(
                    Output.time(entry.path("at_ms")),
                    entry.path("who").asText(),
                    entry.path("kind").asText(),
                    Output.text(entry.path("detail")));
        }
        table.print(out);
        out.flush();
        return text.toString();
    }

    @Command(
            name = "expected",
            description = "Say that an incident was a false alarm; the baseline learns its alerts.",
            mixinStandardHelpOptions = true)
    int expected(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "ID", description = "Id of the incident.") String id,
            @Mixin Reason reason) {
        return act(api, id, "expect", reason);
    }

    @Command(name = "reopen", description = "Reopen an incident.", mixinStandardHelpOptions = true)
    int reopen(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "ID", description = "Id of the incident.") String id,
            @Mixin Reason reason) {
        return act(api, id, "reopen", reason);
    }

    @Override
    String incidentOf(ApiClient client, String id) {
        return id;
    }
}
