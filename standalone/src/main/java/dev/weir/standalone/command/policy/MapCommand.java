package dev.weir.standalone.command.policy;

import dev.weir.common.config.ConfigException;
import dev.weir.common.manifest.Manifest;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.dialect.Dialects;
import dev.weir.policy.map.Connection;
import dev.weir.policy.map.ConnectivityMap;
import dev.weir.policy.map.Group;
import dev.weir.policy.map.MapText;
import dev.weir.standalone.command.TextTable;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints all connections that the policies allow. */
@Command(
        name = "map",
        description = {
            "Show all connections that the policies allow among workloads and to the outside.",
            "Workloads that no policy distinguishes are shown as one group when they are many."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class MapCommand implements Callable<Integer> {
    private static final int MAX_ROWS = 5_000;

    enum Output {
        table,
        json,
        dot,
        html
    }

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Directories or files of Kubernetes YAML or JSON.")
    private List<Path> paths;

    @Option(
            names = "--diff",
            paramLabel = "PATH",
            description = "Show only what changes when the policies are those of this directory or file.")
    private @Nullable Path diff;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "Format of the output: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}",
            defaultValue = "table")
    private Output output;

    @Override
    public Integer call() {
        Inputs.Described described = Inputs.described(paths, spec.commandLine().getErr());
        PrintWriter out = spec.commandLine().getOut();
        if (diff != null) {
            Inputs.Described other =
                    Inputs.described(List.of(diff), spec.commandLine().getErr());
            difference(described, other, out);
            return Math.max(described.exitCode(), other.exitCode());
        }
        ConnectivityMap map = ConnectivityMap.of(described.cluster());
        switch (output) {
            case table -> table(map, out);
            case json -> out.println(MapText.json(map).toPrettyString());
            case dot -> out.print(MapText.dot(map));
            case html -> out.print(MapText.html(map));
        }
        out.flush();
        return described.exitCode();
    }

    private void difference(Inputs.Described before, Inputs.Described after, PrintWriter out) {
        if (output == Output.dot || output == Output.html) {
            throw new ConfigException("--diff: can be shown as table or json");
        }
        Map<String, Manifest> all = new LinkedHashMap<>();
        for (Inputs.Described each : List.of(after, before)) {
            each.manifests().stream()
                    .filter(manifest -> !Dialects.isPolicy(manifest.object()))
                    .forEach(manifest -> all.putIfAbsent(manifest.display(), manifest));
        }
        List<ConnectivityMap.Difference> differences = ConnectivityMap.compare(
                Cluster.of(List.copyOf(all.values())),
                before.cluster().policies(),
                after.cluster().policies());
        if (output == Output.json) {
            out.println(MapText.json(differences).toPrettyString());
            return;
        }
        TextTable table = new TextTable("FROM", "TO", "BEFORE", "AFTER");
        differences.forEach(difference -> table.add(
                difference.before().from().display(),
                difference.before().to().display(),
                difference.before().display(),
                difference.after().display()));
        table.print(out);
        out.println();
        out.println(differences.size() + (differences.size() == 1 ? " connection changes" : " connections change"));
    }

    private static void table(ConnectivityMap map, PrintWriter out) {
        long rows = map.connections().stream()
                .mapToLong(connection -> (long) connection.from().members().size()
                        * connection.to().members().size())
                .sum();
        TextTable table = new TextTable("FROM", "TO", "PORTS");
        for (Connection connection : map.connections()) {
            if (rows > MAX_ROWS) {
                table.add(connection.from().display(), connection.to().display(), connection.display());
            } else {
                single(connection, table);
            }
        }
        table.print(out);
        out.println();
        long workloads = map.groups().stream()
                .filter(group -> !group.outside())
                .flatMap(group -> group.members().stream())
                .distinct()
                .count();
        out.println(workloads + " workloads, " + map.connections().size() + " connections"
                + (rows > MAX_ROWS ? " among groups of workloads that no policy distinguishes" : ""));
        if (map.hiddenBlocks() > 0) {
            out.println(map.hiddenBlocks() + " blocks of addresses are too many to be shown");
        }
    }

    private static void single(Connection connection, TextTable table) {
        Group from = connection.from();
        Group to = connection.to();
        for (String source : from.members()) {
            for (String destination : to.members()) {
                if (!source.equals(destination)) {
                    table.add(source, destination, connection.display());
                }
            }
        }
    }
}
