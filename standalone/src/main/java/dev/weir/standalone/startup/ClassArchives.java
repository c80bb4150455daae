package dev.weir.standalone.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Makes the class-data archives of the launcher when Weir is packaged. Each is written by a JVM that runs ordinary
 * commands and then ends; it holds the classes that these commands loaded, read and verified. An archive belongs to one
 * build of the JVM, to one class path and to one place in the file system. A JVM that it does not belong to passes over
 * it, and only starts more slowly.
 */
public final class ClassArchives {
    private static final long LIMIT_MINUTES = 5;

    private ClassArchives() {}

    /**
     * Makes the class paths and the archives.
     *
     * @param args the folder that holds {@code lib}
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path app = Path.of(args[0]).toAbsolutePath();
        ClassPaths.write(app);
        for (String name : List.of(ClassPaths.CLIENT, ClassPaths.OFFLINE, ClassPaths.WHOLE)) {
            archive(app, name);
        }
    }

    private static void archive(Path app, String name) throws IOException, InterruptedException {
        Path archive = app.resolve(name + ".jsa");
        Path log = app.resolve(name + ".jsa.log");
        Files.deleteIfExists(archive);
        Path folder = Files.createTempDirectory("weir-startup-");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:ArchiveClassesAtExit=" + archive,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--add-opens=java.base/java.util=ALL-UNNAMED",
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "-Djava.io.tmpdir=" + folder,
                        "-cp",
                        ClassPaths.jar(app, name).toString(),
                        TrainingRun.class.getName(),
                        name,
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean isDone = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES) && process.exitValue() == 0;
        process.destroyForcibly();
        process.waitFor();
        delete(folder);
        if (!isDone || !Files.exists(archive)) {
            Files.deleteIfExists(archive);
            System.out.println("[WARNING] no archive of classes for the " + name
                    + " class path, so that commands start more slowly; " + log + " says why");
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
