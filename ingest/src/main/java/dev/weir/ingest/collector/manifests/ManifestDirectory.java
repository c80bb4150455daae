package dev.weir.ingest.collector.manifests;

import dev.weir.common.manifest.ManifestFile;
import dev.weir.ingest.context.ContextObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Reads the objects of a directory, again only those of changed files. A file that cannot be read keeps its last valid
 * objects.
 */
final class ManifestDirectory {
    private final Path directory;
    private final Consumer<String> problems;
    private final Map<Path, Stamp> stamps = new HashMap<>();
    private final Map<Path, List<ContextObject>> good = new TreeMap<>();

    private record Stamp(long modifiedMs, long size, Object key) {}

    /** An object with the time at which its file was last written. */
    record Found(ContextObject object, long modifiedMs) {}

    ManifestDirectory(Path directory, Consumer<String> problems) {
        this.directory = directory;
        this.problems = problems;
    }

    /**
     * Returns every object by its key without a cluster. If two files contain the same object, the first file by name
     * wins.
     */
    Map<String, Found> scan() throws IOException {
        Map<Path, Stamp> now = new TreeMap<>();
        for (Path file : ManifestFile.in(directory)) {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            Object key = attributes.fileKey();
            now.put(
                    file,
                    new Stamp(attributes.lastModifiedTime().toMillis(), attributes.size(), key == null ? file : key));
        }
        good.keySet().retainAll(now.keySet());
        stamps.keySet().retainAll(now.keySet());
        now.forEach(this::readIfChanged);
        Map<String, Found> found = new TreeMap<>();
        good.forEach((file, objects) -> objects.forEach(object -> add(found, file, object)));
        return found;
    }

    private void readIfChanged(Path file, Stamp stamp) {
        if (stamp.equals(stamps.put(file, stamp))) {
            return;
        }
        ContextObject.Contents contents = ContextObject.read(file);
        List<ContextObject> before = good.getOrDefault(file, List.of());
        contents.problems()
                .forEach(problem ->
                        problems.accept(problem + (before.isEmpty() ? "" : "; its earlier objects stay in force")));
        good.put(file, contents.problems().isEmpty() ? contents.objects() : merged(contents.objects(), before));
    }

    /** A broken object may be any of the earlier ones, so those that were not read again are kept. */
    private static List<ContextObject> merged(List<ContextObject> now, List<ContextObject> before) {
        Set<String> keys = now.stream().map(ManifestDirectory::key).collect(Collectors.toSet());
        List<ContextObject> all = new ArrayList<>(now);
        before.stream().filter(object -> !keys.contains(key(object))).forEach(all::add);
        return all;
    }

    private static String key(ContextObject object) {
        return object.key(null);
    }

    private void add(Map<String, Found> found, Path file, ContextObject object) {
        Stamp stamp = stamps.get(file);
        long modified = stamp == null ? 0 : stamp.modifiedMs();
        found.putIfAbsent(key(object), new Found(object, modified));
    }
}
