package dev.weir.common.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * The objects of files. Each document is read for itself: a broken one becomes a problem and hides no other.
 *
 * @param manifests the objects, with lists unpacked
 */
public record ManifestFile(List<Manifest> manifests, List<Problem> problems) {
    private static final int BUFFER = 1 << 16;
    private static final String NO_OBJECT = "is no Kubernetes object: it has no kind";

    /** Reads one file, plain or gzip. */
    public static ManifestFile read(Path file) {
        List<Manifest> manifests = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        read(file, true, (document, root) -> unpack(document, "", root, manifests, problems), problems);
        return new ManifestFile(List.copyOf(manifests), List.copyOf(problems));
    }

    /** Reads files, and the files of directories as {@link #in} lists them. */
    public static ManifestFile readAll(List<Path> paths) {
        List<Manifest> manifests = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (Path path : paths) {
            boolean directory = Files.isDirectory(path);
            for (Path file : files(path, problems)) {
                ManifestFile one = read(file);
                manifests.addAll(one.manifests());
                // A directory may hold other YAML as well, a chart's values for instance.
                one.problems().stream()
                        .filter(problem -> !directory || !problem.reason().equals(NO_OBJECT))
                        .forEach(problems::add);
            }
        }
        return new ManifestFile(List.copyOf(manifests), List.copyOf(problems));
    }

    /** Reads objects that stand inside another document, as a list at the given path. */
    public static ManifestFile of(Root root, String path, JsonNode objects) {
        List<Manifest> manifests = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < objects.size(); i++) {
            unpack(root.document, path + "[" + i + "]", objects.get(i), manifests, problems);
        }
        return new ManifestFile(List.copyOf(manifests), List.copyOf(problems));
    }

    /** Reads the documents of a file that need not be Kubernetes objects; unreadable parts go to {@code problems}. */
    public static List<Root> documents(Path file, Consumer<Problem> problems) {
        List<Root> roots = new ArrayList<>();
        List<Problem> found = new ArrayList<>();
        read(file, false, (document, root) -> roots.add(new Root(document, root)), found);
        found.forEach(problems);
        return roots;
    }

    /**
     * Lists the files of a directory that are called {@code .yaml}, {@code .yml} or {@code .json}, at any depth; hidden
     * files and directories are skipped.
     *
     * @return in the order of their paths
     */
    public static List<Path> in(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> isManifest(file) && !isHidden(directory.relativize(file)))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isManifest(Path file) {
        String name = file.getFileName().toString();
        return (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json")) && Files.isRegularFile(file);
    }

    private static boolean isHidden(Path path) {
        for (Path name : path) {
            if (name.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    /** A document that can name the line of a field. */
    public static final class Root {
        private final Document document;
        private final JsonNode node;

        Root(Document document, JsonNode node) {
            this.document = document;
            this.node = node;
        }

        public JsonNode node() {
            return node;
        }

        public Problem problem(String field, String reason) {
            return new Problem(document.file(), document.line(field), null, field, reason);
        }
    }

    private interface Reader {
        void take(Document document, JsonNode root);
    }

    /**
     * Reads one file.
     *
     * @param forKubectl true if kubectl must be able to read the file too
     */
    private static void read(Path file, boolean forKubectl, Reader reader, List<Problem> problems) {
        try {
            for (Document document : split(file.toString(), text(file))) {
                try {
                    if (forKubectl) {
                        document.refuseDirectives();
                    }
                    JsonNode root = document.parse();
                    if (!root.isMissingNode() && !root.isNull()) {
                        reader.take(document, root);
                    }
                } catch (Document.UnreadableException e) {
                    problems.add(new Problem(
                            file.toString(), document.lineOf(e.line()), null, null, String.valueOf(e.getMessage())));
                }
            }
        } catch (NoSuchFileException e) {
            problems.add(new Problem(file.toString(), 0, null, null, "there is no such file"));
        } catch (CharacterCodingException e) {
            problems.add(new Problem(file.toString(), 0, null, null, "is not text in UTF-8"));
        } catch (IOException e) {
            problems.add(new Problem(file.toString(), 0, null, null, "cannot be read: " + e.getMessage()));
        }
    }

    private static String text(Path file) throws IOException {
        try (InputStream plain = Files.newInputStream(file);
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(plain, BUFFER) : plain;
                BufferedReader reader = new BufferedReader(new InputStreamReader(
                        in,
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .onMalformedInput(CodingErrorAction.REPORT)
                                .onUnmappableCharacter(CodingErrorAction.REPORT)))) {
            StringBuilder text = new StringBuilder();
            char[] buffer = new char[BUFFER];
            for (int read = reader.read(buffer); read >= 0; read = reader.read(buffer)) {
                text.append(buffer, 0, read);
                if (text.length() > Tree.MAX_CHARACTERS) {
                    throw new IOException("it has more than " + (Tree.MAX_CHARACTERS >> 20) + " million characters");
                }
            }
            // A byte order mark is no part of the text.
            boolean marked = text.length() > 0 && text.charAt(0) == '\ufeff';
            return marked ? text.substring(1) : text.toString();
        }
    }

    /**
     * Splits a text at its document marks: a line that begins with three dashes always begins a document, since dashes
     * within one can only stand indented.
     */
    private static List<Document> split(String file, String text) throws IOException {
        List<Document> documents = new ArrayList<>();
        StringBuilder document = new StringBuilder();
        int first = 1;
        int number = 0;
        try (BufferedReader lines = new BufferedReader(new StringReader(text))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                boolean mark = line.equals("---") || line.startsWith("--- ") || line.startsWith("---\t");
                boolean end = line.equals("...") || line.startsWith("... ");
                if (end) {
                    line = "---";
                }
                if (mark || end) {
                    documents.add(new Document(file, first, document.toString()));
                    document.setLength(0);
                    first = number;
                    line = line.substring(3);
                }
                document.append(line).append('\n');
            }
        }
        documents.add(new Document(file, first, document.toString()));
        return documents;
    }

    private static void unpack(
            Document document, String path, JsonNode node, List<Manifest> manifests, List<Problem> problems) {
        String kind = node.path("kind").asText("");
        if (!(node instanceof ObjectNode object) || kind.isEmpty()) {
            problems.add(new Problem(document.file(), document.line(path), null, path, NO_OBJECT));
            return;
        }
        JsonNode items = object.path("items");
        if (!items.isArray()) {
            manifests.add(new Manifest(document, path, object));
            return;
        }
        String prefix = path.isEmpty() ? "items" : path + ".items";
        String itemKind = kind.endsWith("List") ? kind.substring(0, kind.length() - 4) : "";
        for (int i = 0; i < items.size(); i++) {
            // The items of a PodList need not say that they are Pods.
            if (items.get(i) instanceof ObjectNode item && !item.has("kind") && !itemKind.isEmpty()) {
                item.put("kind", itemKind);
                item.set("apiVersion", object.path("apiVersion"));
            }
            unpack(document, prefix + "[" + i + "]", items.get(i), manifests, problems);
        }
    }

    private static List<Path> files(Path path, List<Problem> problems) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try {
            return in(path);
        } catch (IOException e) {
            problems.add(new Problem(path.toString(), 0, null, null, "cannot be read: " + e.getMessage()));
            return List.of();
        }
    }
}
