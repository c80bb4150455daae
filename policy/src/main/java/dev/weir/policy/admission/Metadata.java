package dev.weir.policy.admission;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.clause.KubernetesNames;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of the API server for an object's metadata, {@code ValidateObjectMeta}. */
final class Metadata {
    /** The fields that the server itself writes may be sent, and are not tested. */
    static final Shape SHAPE = Struct.of(Map.ofEntries(
                    Map.entry("name", Scalars.TEXT),
                    Map.entry("generateName", Scalars.TEXT),
                    Map.entry("namespace", Scalars.TEXT),
                    Map.entry("selfLink", Scalars.TEXT),
                    Map.entry("uid", Scalars.TEXT),
                    Map.entry("resourceVersion", Scalars.TEXT),
                    Map.entry("generation", Scalars.INT64),
                    Map.entry("creationTimestamp", Scalars.TIME),
                    Map.entry("deletionTimestamp", Scalars.TIME),
                    Map.entry("deletionGracePeriodSeconds", Scalars.INT64),
                    Map.entry("labels", Many.goMap()),
                    Map.entry("annotations", Many.goMap()),
                    Map.entry(
                            "ownerReferences",
                            Many.goList(Struct.of(Map.of(
                                    "apiVersion", Scalars.TEXT,
                                    "kind", Scalars.TEXT,
                                    "name", Scalars.TEXT,
                                    "uid", Scalars.TEXT,
                                    "controller", Scalars.BOOLEAN,
                                    "blockOwnerDeletion", Scalars.BOOLEAN)))),
                    Map.entry("finalizers", Many.goList(Scalars.TEXT)),
                    Map.entry(
                            "managedFields",
                            Many.goList(Struct.of(Map.of(
                                    "manager", Scalars.TEXT,
                                    "operation", Scalars.TEXT,
                                    "apiVersion", Scalars.TEXT,
                                    "time", Scalars.TIME,
                                    "fieldsType", Scalars.TEXT,
                                    "fieldsV1", Scalars.ANY,
                                    "subresource", Scalars.TEXT))))))
            .rule(Metadata::check);

    private static final int LARGEST_ANNOTATIONS = 256 << 10;
    private static final String ORPHAN = "orphan";
    private static final String FOREGROUND = "foregroundDeletion";
    private static final Set<String> STANDARD_FINALIZERS = Set.of("kubernetes", ORPHAN, FOREGROUND);

    private Metadata() {}

    /** Requires a name, or the beginning of one, that is a DNS subdomain. */
    static void requireName(JsonNode metadata, List<Refusal> refusals) {
        String name = metadata.path("name").asText("");
        String prefix = metadata.path("generateName").asText("");
        if (name.isEmpty() && prefix.isEmpty()) {
            refusals.add(new Refusal("metadata.name", "is missing"));
        }
        if (!name.isEmpty()) {
            name("metadata.name", name, name, refusals);
        }
        if (!prefix.isEmpty()) {
            // The server appends characters to a dash at the end.
            boolean dash = prefix.length() > 1 && prefix.endsWith("-");
            String begun = dash ? prefix.substring(0, prefix.length() - 2) + "a" : prefix;
            name("metadata.generateName", prefix, begun, refusals);
        }
    }

    /** Tests the namespace; an empty one is that of the request. */
    static void namespace(JsonNode metadata, List<Refusal> refusals) {
        String namespace = metadata.path("namespace").asText("");
        if (!namespace.isEmpty() && !KubernetesNames.isDnsLabel(namespace)) {
            refusals.add(new Refusal(
                    "metadata.namespace", "'" + namespace + "' is not a namespace: at most 63 of a-z, 0-9 and -"));
        }
    }

    /** Tests the finalizers of a built-in kind: one without a domain must be a standard one. */
    static void standardFinalizers(JsonNode metadata, List<Refusal> refusals) {
        JsonNode finalizers = metadata.path("finalizers");
        for (int i = 0; i < finalizers.size(); i++) {
            String name = finalizers.get(i).asText();
            if (name.indexOf('/') < 0 && !STANDARD_FINALIZERS.contains(name)) {
                refusals.add(new Refusal(
                        "metadata.finalizers[" + i + "]",
                        "'" + name
                                + "' is none of kubernetes, orphan and foregroundDeletion and has no domain before it,"
                                + " such as example.com/" + name));
            }
        }
    }

    private static void name(String path, String shown, String name, List<Refusal> refusals) {
        if (!KubernetesNames.isSubdomain(name)) {
            refusals.add(new Refusal(path, "'" + shown + "' is not a name: at most 253 of a-z, 0-9, - and ."));
        }
    }

    private static void check(String path, JsonNode metadata, List<Refusal> refusals) {
        labels(path + ".labels", metadata.path("labels"), refusals);
        annotations(path + ".annotations", metadata.path("annotations"), refusals);
        owners(path + ".ownerReferences", metadata.path("ownerReferences"), refusals);
        finalizers(path + ".finalizers", metadata.path("finalizers"), refusals);
    }

    /** Tests labels of an object, or those of {@code matchLabels}. */
    static void labels(String path, JsonNode labels, List<Refusal> refusals) {
        labels.properties().forEach(label -> {
            String its = path + "." + label.getKey();
            if (!KubernetesNames.isLabelKey(label.getKey())) {
                refusals.add(new Refusal(
                        its, "'" + label.getKey() + "' is not a label key: " + KubernetesNames.labelKeyRule()));
            }
            String value = label.getValue().asText();
            if (!KubernetesNames.isLabelValue(value)) {
                refusals.add(
                        new Refusal(its, "'" + value + "' is not a label value: " + KubernetesNames.labelValueRule()));
            }
        });
    }

    private static void annotations(String path, JsonNode annotations, List<Refusal> refusals) {
        long size = 0;
        for (Map.Entry<String, JsonNode> annotation : annotations.properties()) {
            String key = annotation.getKey();
            if (!KubernetesNames.isAnnotationKey(key)) {
                refusals.add(new Refusal(
                        path + "." + key, "'" + key + "' is not an annotation key: " + KubernetesNames.labelKeyRule()));
            }
            size += bytes(key) + bytes(annotation.getValue().asText());
        }
        if (size > LARGEST_ANNOTATIONS) {
            refusals.add(new Refusal(
                    path, "have " + size + " bytes, more than the " + LARGEST_ANNOTATIONS + " that are allowed"));
        }
    }

    private static void owners(String path, JsonNode owners, List<Refusal> refusals) {
        int controllers = 0;
        for (int i = 0; i < owners.size(); i++) {
            JsonNode owner = owners.get(i);
            String its = path + "[" + i + "]";
            String apiVersion = owner.path("apiVersion").asText("");
            if (!hasVersion(apiVersion)) {
                refusals.add(new Refusal(its + ".apiVersion", "'" + apiVersion + "' has no version, such as apps/v1"));
            }
            for (String field : List.of("kind", "name", "uid")) {
                if (owner.path(field).asText("").isEmpty()) {
                    refusals.add(new Refusal(its + "." + field, "is missing"));
                }
            }
            if (apiVersion.equals("v1") && owner.path("kind").asText("").equals("Event")) {
                refusals.add(new Refusal(its, "an Event cannot own an object"));
            }
            if (owner.path("controller").booleanValue()) {
                controllers++;
                if (controllers == 2) {
                    refusals.add(new Refusal(its + ".controller", "is true for more than one owner"));
                }
            }
        }
    }

    /** True for a version with or without a group: {@code v1} and {@code apps/v1}. */
    private static boolean hasVersion(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash == apiVersion.lastIndexOf('/')
                && !apiVersion.substring(slash + 1).isEmpty();
    }

    private static void finalizers(String path, JsonNode finalizers, List<Refusal> refusals) {
        boolean orphan = false;
        boolean foreground = false;
        for (int i = 0; i < finalizers.size(); i++) {
            String name = finalizers.get(i).asText();
            orphan |= name.equals(ORPHAN);
            foreground |= name.equals(FOREGROUND);
            if (!KubernetesNames.isLabelKey(name)) {
                refusals.add(new Refusal(
                        path + "[" + i + "]", "'" + name + "' is not a finalizer: " + KubernetesNames.labelKeyRule()));
            }
        }
        if (orphan && foreground) {
            refusals.add(new Refusal(path, "cannot hold both " + ORPHAN + " and " + FOREGROUND));
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
