package dev.weir.ingest.collector.manifests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The objects of a directory, read again only where a file changed. A file that breaks keeps its last good objects. */
final class ManifestDirectory {
    private final Path directory;
    private final Consumer<String> problems;
    private final Map<Path, Stamp> stamps = new HashMap<>();
    private final Map<Path, List<Manifest>> good = new TreeMap<>();

    private record Stamp(long modifiedMs, long size, Object key) {}

    /**
     * An object with the time its file was last written.
     */
    record Found(Manifest manifest, long modifiedMs) {}

    ManifestDirectory(Path directory, Consumer<String> problems) {
        this.directory = directory;
        this.problems = problems;
    }

    /** Every object by its key. When two files hold the same object the first file by name wins. */
    Map<String, Found> scan() throws IOException {
        Map<Path, Stamp> now = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files.filter(ManifestDirectory::isManifest)::iterator) {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                Object key = attributes.fileKey();
                now.put(
                        file,
                        new Stamp(
                                attributes.lastModifiedTime().toMillis(), attributes.size(), key == null ? file : key));
            }
        }
        good.keySet().retainAll(now.keySet());
        stamps.keySet().retainAll(now.keySet());
        now.forEach(this::readIfChanged);
        Map<String, Found> found = new TreeMap<>();
        good.forEach((file, manifests) -> manifests.forEach(manifest -> add(found, file, manifest)));
        return found;
    }

    private void readIfChanged(Path file, Stamp stamp) {
        if (stamp.equals(stamps.put(file, stamp))) {
            return;
        }
        try {
            good.put(file, Manifest.read(file));
        } catch (Manifest.UnreadableException e) {
            problems.accept(e.getMessage() + (good.containsKey(file) ? "; what it held before stays in force" : ""));
        }
    }

    private void add(Map<String, Found> found, Path file, Manifest manifest) {
        Stamp stamp = stamps.get(file);
        long modified = stamp == null ? 0 : stamp.modifiedMs();
        found.putIfAbsent(manifest.key(), new Found(manifest, modified));
    }

    private static boolean isManifest(Path file) {
        String name = file.getFileName().toString();
        boolean hidden = name.startsWith(".");
        return !hidden
                && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"))
                && Files.isRegularFile(file);
    }
}
