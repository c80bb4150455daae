package dev.weir.standalone.startup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the class paths of the launcher: jars without content whose manifest lists the jars of {@code lib} in one
 * fixed order, which a class-data archive depends on.
 */
final class ClassPaths {
    /** The class path of commands that call the API or read files. */
    static final String CLIENT = "client";
    /** The class path of the job on files. */
    static final String OFFLINE = "offline";
    /** The class path of all commands. */
    static final String WHOLE = "whole";

    /** The jars of the broker, the web server and the databases. */
    private static final Pattern SERVERS = Pattern.compile("(scala|kafka_|kafka-(server|raft|metadata"
            + "|coordinator|group|share|storage|tools|transaction)|jetty|javalin|kotlin|jakarta|h2|flyway|postgresql"
            + "|HikariCP|jdbi3|async-profiler).*");
    /** The jars of Flink and its state backend. Flink's runtime is left, since it knows the version of Flink. */
    private static final Pattern FLINK =
            Pattern.compile("(flink-(?!runtime)|frocksdbjni|netty|log4j|kryo|commons-|RoaringBitmap|javassist).*");

    /** The jar that holds another jar: Flink's communication between processes, with a Scala of its own. */
    private static final String RPC_LOADER = "flink-rpc-akka-loader-";

    private static final String RPC = "flink-rpc-akka.jar";

    private ClassPaths() {}

    /** Returns the jar that stands for a class path. */
    static Path jar(Path app, String name) {
        return app.resolve(name + ".jar");
    }

    /**
     * Writes the class paths. That of the job on files has the jar that Flink otherwise unpacks at each start.
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
        List<String> offline =
                jars.stream().filter(jar -> !SERVERS.matcher(jar).matches()).toList();
        write(
                jar(app, OFFLINE),
                Stream.concat(Stream.of(unpackRpc(app, jars)), offline.stream().map(ClassPaths::inLib)));
        write(
                jar(app, CLIENT),
                offline.stream().filter(jar -> !FLINK.matcher(jar).matches()).map(ClassPaths::inLib));
        write(jar(app, WHOLE), jars.stream().map(ClassPaths::inLib));
    }

    private static String inLib(String jar) {
        return "lib/" + jar;
    }

    /** Unpacks the jar of Flink's communication beside the folder of jars, and returns its path there. */
    private static String unpackRpc(Path app, List<String> jars) throws IOException {
        String loader = jars.stream()
                .filter(jar -> jar.startsWith(RPC_LOADER))
                .findFirst()
                .orElseThrow(() -> new IOException("no jar in " + app.resolve("lib") + " begins with " + RPC_LOADER));
        try (JarFile jar = new JarFile(app.resolve(inLib(loader)).toFile());
                InputStream content = jar.getInputStream(jar.getEntry(RPC))) {
            Files.copy(content, app.resolve(RPC), StandardCopyOption.REPLACE_EXISTING);
        }
        return RPC;
    }

    private static void write(Path file, Stream<String> jars) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.CLASS_PATH, jars.collect(Collectors.joining(" ")));
        new JarOutputStream(Files.newOutputStream(file), manifest).close();
    }
}
