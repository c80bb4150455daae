package dev.weir.standalone.command.policy;

import dev.weir.common.config.ConfigException;
import dev.weir.common.manifest.Manifest;
import dev.weir.common.manifest.ManifestFile;
import dev.weir.common.manifest.Problem;
import dev.weir.policy.cluster.Cluster;
import dev.weir.standalone.command.ExitCode;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the inputs that the policy commands share. */
final class Inputs {
    private static final int MOST_LISTED = 20;

    private Inputs() {}

    /**
     * A cluster with the manifests that describe it.
     *
     * @param complete true if every object could be used
     */
    record Described(Cluster cluster, List<Manifest> manifests, boolean complete) {
        /** The exit code of an answer that rests on this description. */
        int exitCode() {
            return complete ? 0 : ExitCode.FAILED;
        }
    }

    /**
     * Reads manifests. Objects that cannot be used are named on {@code err} and left out; policies that are in force
     * with an unknown meaning are named as well.
     */
    static Described described(List<Path> paths, PrintWriter err) {
        ManifestFile file = ManifestFile.readAll(existing(paths));
        Cluster cluster = Cluster.of(file.manifests());
        List<Problem> problems = new ArrayList<>(file.problems());
        problems.addAll(cluster.problems());
        if (!problems.isEmpty()) {
            problems.stream().limit(MOST_LISTED).forEach(problem -> err.println("weir: " + problem.message()));
            String more = problems.size() > MOST_LISTED ? " (" + (problems.size() - MOST_LISTED) + " more)" : "";
            err.println("weir: " + problems.size()
                    + (problems.size() == 1 ? " object or document" : " objects or documents")
                    + " cannot be used; the answer leaves them out" + more);
        }
        cluster.accepted().stream().limit(MOST_LISTED).forEach(problem -> err.println("weir: " + problem.message()));
        requireAny(file, paths);
        boolean complete = problems.isEmpty() && cluster.accepted().isEmpty();
        return new Described(cluster, file.manifests(), complete);
    }

    /** Refuses a path without any manifest, which is more likely mistyped than meant. */
    static void requireAny(ManifestFile file, List<Path> paths) {
        if (!paths.isEmpty() && file.manifests().isEmpty() && file.problems().isEmpty()) {
            throw new ConfigException(paths.get(0) + ": holds no Kubernetes objects (.yaml, .yml or .json)");
        }
    }

    static List<Path> existing(List<Path> paths) {
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new ConfigException(path
                        + ": there is no such file or directory; give Kubernetes YAML or JSON, or a directory of it");
            }
        }
        return paths;
    }

    /** Prints each line of a text behind an indent. */
    static void indented(PrintWriter out, String indent, String text) {
        text.lines().forEach(line -> out.println(indent + line));
    }
}
