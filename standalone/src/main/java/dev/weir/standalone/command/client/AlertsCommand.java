package dev.weir.standalone.command.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.weir.alerting.message.AlertMessage;
import dev.weir.model.Alert;
import dev.weir.model.codec.Json;
import dev.weir.standalone.AlertText;
import dev.weir.standalone.command.client.Output.Column;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Lists and changes alerts of a running Weir. Acknowledging, snoozing and resolving act on the alert's incident; a
 * decision is recorded for the alert itself.
 */
@Command(
        name = "alerts",
        description = "List and export the alerts of a running Weir, and take decisions on them, such as expected.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class AlertsCommand extends IncidentActions {
    private static final int PAGE = 1_000;

    /** The options that select alerts. */
    @SuppressWarnings("NullAway.Init")
    static final class Filter {
        @Option(
                names = "--severity",
                paramLabel = "SEVERITY",
                description = "Only alerts of this severity or worse: low, medium, high or critical.")
        @Nullable String severity;

        @Option(
                names = "--detector",
                paramLabel = "DETECTOR",
                description = "Only alerts of this detector, for example port-scan (docs/reference/detectors.md).")
        @Nullable String detector;

        @Option(
                names = "--category",
                paramLabel = "CATEGORY",
                description =
                        "Only alerts of this category: an ATT&CK tactic such as lateral-movement, or policy, baseline or posture.")
        @Nullable String category;

        @Option(
                names = {"-n", "--namespace"},
                paramLabel = "NAMESPACE",
                description = "Only alerts whose source or destination is in this namespace.")
        @Nullable String namespace;

        @Option(
                names = "--workload",
                paramLabel = "WORKLOAD",
                description =
                        "Only alerts whose source is the workload of this name; those whose destination it is are not matched.")
        @Nullable String workload;

        @Option(names = "--incident", paramLabel = "ID", description = "Only alerts of this incident.")
        @Nullable String incident;

        @Option(
                names = "--status",
                paramLabel = "STATUS",
                description =
                        "Only alerts whose incident is open, acknowledged, resolved or expected (a false alarm). Default: all")
        @Nullable String status;

        Map<String, @Nullable Object> query() {
            Map<String, @Nullable Object> query = new HashMap<>();
            query.put("severity", severity);
            query.put("detector", detector);
            query.put("category", category);
            query.put("namespace", namespace);
            query.put("workload", workload);
            query.put("incident", incident);
            query.put("status", status);
            return query;
        }
    }

    @Command(name = "list", description = "List alerts, the most recently seen first.", mixinStandardHelpOptions = true)
    int list(
            @Mixin ApiOptions api,
            @Mixin Filter filter,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "50",
                            description = "Largest number of alerts. Default: ${DEFAULT-VALUE}")
                    int limit) {
        ArrayNode alerts =
                new ApiClient(api).pages("/alerts", filter.query(), "alerts", "next_cursor", "cursor", limit);
        new Output(out(), api.format)
                .list(
                        alerts,
                        Column.of("ID", alert -> alert.path("id").asText()),
                        Column.of("LAST SEEN (UTC)", alert -> Output.time(alert.path("last_seen_ms"))),
                        Column.of("SEVERITY", alert -> alert.path("severity").asText()),
                        Column.wide(
                                "CONFIDENCE", alert -> alert.path("confidence").asText()),
                        Column.of("DETECTOR", alert -> alert.path("detector").asText()),
                        Column.wide("FROM", alert -> Output.entity(alert.path("source"))),
                        Column.wide("TO", alert -> Output.entity(alert.path("destination"))),
                        Column.wide("FLOWS", alert -> alert.path("count").asText()),
                        Column.wide("INCIDENT", alert -> Output.text(alert.path("incident"))),
                        Column.of("TITLE", alert -> alert.path("title").asText()));
        return 0;
    }

    @Command(
            name = "export",
            description = "Print all alerts that match, a JSON object a line.",
            mixinStandardHelpOptions = true)
    int export(@Mixin ApiOptions api, @Mixin Filter filter) {
        ApiClient client = new ApiClient(api);
        Map<String, @Nullable Object> query = filter.query();
        query.put("limit", PAGE);
        query.put("order", "id");
        do {
            JsonNode page = client.get("/alerts", query);
            page.path("alerts").forEach(alert -> out().println(alert));
            query.put(
                    "cursor", page.has("next_cursor") ? page.path("next_cursor").asText() : null);
        } while (query.get("cursor") != null);
        out().flush();
        return 0;
    }

    @Command(name = "show", description = "Show an alert with its evidence.", mixinStandardHelpOptions = true)
    int show(@Mixin ApiOptions api, @Parameters(paramLabel = "ID", description = "Id of the alert.") String id) {
        JsonNode decided = new ApiClient(api).get("/alerts/" + ApiClient.encoded(id) + "/decision", Map.of());
        String note = "incident " + decided.path("incident").asText()
                + (decided.has("decision") ? ", " + decided.path("decision").asText() : "");
        new Output(out(), api.format)
                .one(
                        decided.path("alert"),
                        alert -> AlertText.block(
                                new AlertMessage(
                                        Json.read(alert.toString().getBytes(StandardCharsets.UTF_8), Alert.class),
                                        alert.path("runbook_url").asText(null)),
                                note));
        return 0;
    }

    @Command(
            name = "expected",
            description = "Say that the alert was expected, a false alarm; the baseline learns it.",
            mixinStandardHelpOptions = true)
    int expected(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "ID", description = "Id of the alert.") String id,
            @Option(
                            names = "--not",
                            description = "Say that the alert was not expected; the baseline does not learn it.")
                    boolean not,
            @Mixin Reason reason) {
        Map<String, Object> body = new HashMap<>();
        body.put("expected", !not);
        if (reason.reason != null) {
            body.put("reason", reason.reason);
        }
        JsonNode decided = new ApiClient(api).post("/alerts/" + ApiClient.encoded(id) + "/decision", body);
        new Output(out(), api.format)
                .one(decided, each -> id + "  " + each.path("decision").asText());
        return 0;
    }

    @Override
    String incidentOf(ApiClient client, String id) {
        return client.get("/alerts/" + ApiClient.encoded(id) + "/decision", Map.of())
                .path("incident")
                .asText();
    }
}
