package dev.weir.standalone.command.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.config.ConfigException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is usual for a workload. */
@Command(
        name = "baseline",
        description = "Decide on what is usual for a workload of a running Weir.",
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
            name = "lock",
            description = "It is complete; nothing is learned any more.",
            mixinStandardHelpOptions = true)
    int lock(@Mixin ApiOptions api, @Parameters(paramLabel = "NAMESPACE/NAME") String workload, @Mixin Reason reason) {
        return decide(api, workload, "LOCK", reason);
    }

    @Command(name = "relearn", description = "It begins anew.", mixinStandardHelpOptions = true)
    int relearn(
            @Mixin ApiOptions api, @Parameters(paramLabel = "NAMESPACE/NAME") String workload, @Mixin Reason reason) {
        return decide(api, workload, "RELEARN", reason);
    }

    private int decide(ApiOptions api, String workload, String action, Reason reason) {
        String[] parts = workload.split("/", -1);
        if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw new ConfigException("'" + workload + "' is not NAMESPACE/NAME");
        }
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
}
