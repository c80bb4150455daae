package dev.weir.standalone.command.policy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.common.manifest.Manifest;
import dev.weir.policy.PolicySet;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.dialect.Dialects;
import dev.weir.policy.replay.Recorded;
import dev.weir.policy.simulate.Change;
import dev.weir.policy.simulate.Simulation;
import dev.weir.standalone.command.ExitCode;
import dev.weir.standalone.command.OutputOption;
import dev.weir.standalone.command.RecordedFlows;
import dev.weir.standalone.command.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Judges recorded flows by proposed policies and reports the connections that would break. */
@Command(
        name = "simulate",
        description = {
            "Replay recorded flows against proposed policies: connections that would be denied, and those that would be allowed.",
            "Pods, namespaces, nodes and Services may be described in --current or in --proposed."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SimulateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--proposed",
            required = true,
            arity = "1..*",
            paramLabel = "PATH",
            description = "Directories or files with the complete set of policies after the change.")
    private List<Path> proposed;

    @Option(
            names = "--current",
            arity = "1..*",
            paramLabel = "PATH",
            description =
                    "Directories or files with the policies in force. Without them, the recorded verdicts decide whether a connection is allowed now.")
    private @Nullable List<Path> current;

    @Mixin
    private RecordedFlows flows;

    @Option(names = "--exit-code", description = "Exit with 1 when a connection would be denied that is allowed now.")
    private boolean exitCode;

    @Mixin
    private OutputOption output;

    @Override
    public Integer call() throws IOException {
        Inputs.Described proposedInput =
                Inputs.described(proposed, spec.commandLine().getErr());
        Inputs.Described currentInput = current == null
                ? null
                : Inputs.described(current, spec.commandLine().getErr());
        Recorded recorded = recorded(proposedInput, currentInput);
        PolicySet before = currentInput == null ? null : currentInput.cluster().policies();
        Simulation simulation =
                new Simulation(recorded, before, proposedInput.cluster().policies());
        long problems = flows.read(spec.commandLine().getErr(), simulation::accept);
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            out.println(json(simulation).toPrettyString());
        } else {
            table(simulation, out);
        }
        boolean breaks = simulation.changes().stream().anyMatch(change -> change.effect() == Change.Effect.BREAKS);
        boolean complete = proposedInput.complete() && (currentInput == null || currentInput.complete());
        return problems > 0 || !complete || (exitCode && breaks) ? ExitCode.FAILED : 0;
    }

    /** The current description without its policies; an object that both describe is taken from the proposal. */
    private static Recorded recorded(Inputs.Described proposed, Inputs.@Nullable Described current) {
        if (current == null) {
            return new Recorded(
                    proposed.cluster(),
                    proposed.manifests(),
                    List.of(proposed.cluster().policies()));
        }
        Map<String, Manifest> all = new LinkedHashMap<>();
        for (Inputs.Described each : List.of(proposed, current)) {
            for (Manifest manifest : each.manifests()) {
                if (!Dialects.isPolicy(manifest.object())) {
                    all.putIfAbsent(manifest.display(), manifest);
                }
            }
        }
        List<Manifest> manifests = List.copyOf(all.values());
        return new Recorded(
                Cluster.of(manifests),
                manifests,
                List.of(proposed.cluster().policies(), current.cluster().policies()));
    }

    private static void table(Simulation simulation, PrintWriter out) {
        List<Change> changes = simulation.changes();
        if (!changes.isEmpty()) {
            TextTable table = new TextTable("EFFECT", "FROM", "TO", "PORT", "FLOWS", "LAST SEEN", "CADENCE", "BECAUSE");
            for (Change change : changes) {
                table.add(
                        effect(change),
                        change.source(),
                        change.destination(),
                        change.service(),
                        String.valueOf(change.cadence().count()),
                        time(change.cadence().lastMs()),
                        change.cadence().text(),
                        change.because());
            }
            table.print(out);
            out.println();
        }
        List<String> counts = new ArrayList<>();
        for (Change.Effect effect : Change.Effect.values()) {
            long count =
                    changes.stream().filter(change -> change.effect() == effect).count();
            String edges = count == 1 ? " edge " : " edges ";
            counts.add(count
                    + edges
                    + switch (effect) {
                        case BREAKS -> "would break";
                        case OPENS -> "would open";
                        case UNCLEAR -> count == 1 ? "is unclear" : "are unclear";
                    });
        }
        out.println(simulation.flows() + " flows: " + String.join(", ", counts));
        if (simulation.unlisted() > 0) {
            out.println(simulation.unlisted() + " flows of more than " + Simulation.MAX_EDGES
                    + " changing edges are counted but not listed");
        }
    }

    private static ObjectNode json(Simulation simulation) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("flows", simulation.flows()).put("unlisted_flows", simulation.unlisted());
        json.putArray("changes");
        for (Change change : simulation.changes()) {
            ObjectNode each = json.withArray("changes").addObject();
            change.decidedBy().forEach(ref -> each.withArray("decided_by").add(ref.display()));
            each.put("effect", effect(change))
                    .put("source", change.source())
                    .put("destination", change.destination())
                    .put("service", change.service())
                    .put("count", change.cadence().count())
                    .put("first_seen_ms", change.cadence().firstMs())
                    .put("last_seen_ms", change.cadence().lastMs())
                    .put("cadence", change.cadence().text())
                    .put("because", change.because());
        }
        return json;
    }

    private static String effect(Change change) {
        return change.effect().name().toLowerCase(Locale.ROOT);
    }

    private static String time(long ms) {
        return Instant.ofEpochMilli(ms / 1000 * 1000).toString();
    }
}
