package dev.weir.standalone.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the class paths of the launcher: jars without content whose manifest lists the jars of {@code lib} in one fixed
 * order, which a class-data archive depends on.
 */
final class ClassPaths {
    /** The class path of commands that call the API or read files. */
    static final String CLIENT = "client";
    /** The class path of all commands. */
    static final String WHOLE = "whole";

    /**
     * The jars of the servers: Flink with its state backend, the broker, the web server and the databases. Flink's
     * runtime is left, since it knows the version of Flink.
     */
    private static final Pattern SERVERS =
            Pattern.compile("(flink-(?!runtime)|frocksdbjni|scala|kafka_|kafka-(server|raft|metadata"
                    + "|coordinator|group|share|storage|tools|transaction)|jetty|javalin|kotlin|jakarta|h2|flyway|postgresql"
                    + "|HikariCP|jdbi3|netty|log4j|kryo|commons-|async-profiler|RoaringBitmap|javassist).*");

    private ClassPaths() {}

    /** Returns the jar that stands for a class path. */
    static Path jar(Path app, String name) {
        return app.resolve(name + ".jar");
    }

    /**
     * Writes both class paths.
     *
     * @param app the folder that holds {@code lib}
     */
    static void write(Path app) throws IOException {
        List<String> jars;
        try (Stream<Path> files = Files.list(app.resolve("lib"))) {
            jars = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .sorted()
                    .toList();
        }
        write(jar(app, WHOLE), jars);
        write(
                jar(app, CLIENT),
                jars.stream().filter(jar -> !SERVERS.matcher(jar).matches()).toList());
    }

    private static void write(Path file, List<String> jars) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(
                Attributes.Name.CLASS_PATH,
                jars.stream().map(jar -> "lib/" + jar).collect(Collectors.joining(" ")));
        new JarOutputStream(Files.newOutputStream(file), manifest).close();
    }
}
