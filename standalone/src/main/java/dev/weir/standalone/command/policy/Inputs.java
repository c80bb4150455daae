package dev.weir.standalone.command.policy;

import dev.weir.model.config.ConfigException;
import dev.weir.model.manifest.Manifest;
import dev.weir.model.manifest.ManifestFile;
import dev.weir.model.manifest.Problem;
import dev.weir.policy.cluster.Cluster;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the commands read. */
final class Inputs {
    private Inputs() {}

    /** A cluster with the manifests that it was made of. */
    record Described(Cluster cluster, List<Manifest> manifests) {}

    /** Manifests of which nothing may be wrong, for an answer without the broken ones would mislead. */
    static Described described(List<Path> paths) {
        ManifestFile file = ManifestFile.readAll(existing(paths));
        Cluster cluster = Cluster.of(file.manifests());
        List<Problem> problems = new ArrayList<>(file.problems());
        problems.addAll(cluster.problems());
        if (!problems.isEmpty()) {
            throw new ConfigException(
                    String.join("\n", problems.stream().map(Problem::message).toList()));
        }
        requireAny(file, paths);
        return new Described(cluster, file.manifests());
    }

    /** A path in which nothing is found is more likely mistyped than meant. */
    static void requireAny(ManifestFile file, List<Path> paths) {
        if (!paths.isEmpty() && file.manifests().isEmpty() && file.problems().isEmpty()) {
            throw new ConfigException(paths.get(0) + ": holds no Kubernetes objects (.yaml, .yml or .json)");
        }
    }

    static List<Path> existing(List<Path> paths) {
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new ConfigException(path + ": there is no such file or directory");
            }
        }
        return paths;
    }

    /** Every line after some blanks. */
    static void indented(PrintWriter out, String indent, String text) {
        text.lines().forEach(line -> out.println(indent + line));
    }
}
