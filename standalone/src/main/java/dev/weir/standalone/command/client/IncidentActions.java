package dev.weir.standalone.command.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands that change an incident, which is named by its own id or by that of one of its alerts. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
abstract class IncidentActions {
    static final String ID = "Id, as 'weir alerts list' or 'weir incidents list' prints it.";

    @Spec
    private CommandSpec spec;

    /** Finds the id of the incident that a command's parameter names. */
    abstract String incidentOf(ApiClient client, String id);

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    @Command(
            name = "ack",
            description = "Acknowledge the incident: you have taken it on.",
            mixinStandardHelpOptions = true)
    int ack(@Mixin ApiOptions api, @Parameters(paramLabel = "ID", description = ID) String id, @Mixin Reason reason) {
        return act(api, id, "acknowledge", reason);
    }

    @Command(name = "resolve", description = "Resolve the incident.", mixinStandardHelpOptions = true)
    int resolve(
            @Mixin ApiOptions api, @Parameters(paramLabel = "ID", description = ID) String id, @Mixin Reason reason) {
        return act(api, id, "resolve", reason);
    }

    @Command(
            name = "snooze",
            description = "Send no notifications about the incident for a time.",
            mixinStandardHelpOptions = true)
    int snooze(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "ID", description = ID) String id,
            @Option(
                            names = "--for",
                            required = true,
                            paramLabel = "DURATION",
                            description = "Time for which nothing is sent, for example 4h.")
                    String duration,
            @Mixin Reason reason) {
        return act(api, id, "snooze", reason.reason, "until_ms", Until.after(duration));
    }

    @Command(name = "assign", description = "Assign the incident to a person.", mixinStandardHelpOptions = true)
    int assign(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "ID", description = ID) String id,
            @Option(
                            names = "--to",
                            paramLabel = "WHO",
                            description =
                                    "Person who deals with the incident. Without it the incident is assigned to no one.")
                    @Nullable String assignee,
            @Mixin Reason reason) {
        return act(api, id, "assign", reason.reason, "assignee", assignee);
    }

    @Command(name = "note", description = "Add a note to the incident's timeline.", mixinStandardHelpOptions = true)
    int note(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "ID", description = ID) String id,
            @Parameters(paramLabel = "TEXT", description = "Text of the note.") String text) {
        return act(api, id, "note", text, "assignee", null);
    }

    /** Applies an action that needs no more than a reason. */
    final int act(ApiOptions api, String id, String action, Reason reason) {
        return act(api, id, action, reason.reason, "assignee", null);
    }

    private int act(
            ApiOptions api, String id, String action, @Nullable String reason, String key, @Nullable Object value) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("action", action);
        if (reason != null) {
            body.put("reason", reason);
        }
        if (value != null) {
            body.put(key, value);
        }
        ApiClient client = new ApiClient(api);
        JsonNode after = client.post("/incidents/" + ApiClient.encoded(incidentOf(client, id)) + "/actions", body);
        new Output(out(), api.format).one(after, IncidentActions::status);
        return 0;
    }

    private static String status(JsonNode incident) {
        return incident.path("id").asText() + "  "
                + incident.path("status").asText()
                + (incident.has("assignee")
                        ? ", assigned to " + incident.path("assignee").asText()
                        : "")
                + (incident.has("snoozed_until_ms")
                        ? ", snoozed until " + Output.time(incident.path("snoozed_until_ms"))
                        : "");
    }
}
