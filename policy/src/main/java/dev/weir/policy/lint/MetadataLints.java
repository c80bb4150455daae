package dev.weir.policy.lint;

import dev.weir.common.manifest.Manifest;
import dev.weir.common.manifest.Problem;
import dev.weir.policy.InvalidPolicyException;
import dev.weir.policy.clause.Fields;
import dev.weir.policy.clause.KubernetesNames;
import dev.weir.policy.clause.LabelSelector;
import dev.weir.policy.dialect.Dialects;
import java.util.function.Consumer;

/** Checks of an object's metadata that the API server makes and on which no decision depends. */
final class MetadataLints {
    private MetadataLints() {}

    /**
     * Checks one object.
     *
     * @param manifest of any kind except those that {@code Admission} knows
     * @param problems receives the first mistake
     */
    static void look(Manifest manifest, Consumer<Problem> problems) {
        try {
            look(manifest);
        } catch (InvalidPolicyException e) {
            problems.accept(manifest.problem(e.field(), e.reason()));
        }
    }

    private static void look(Manifest manifest) {
        Fields object = new Fields(manifest.display(), "", manifest.object());
        Fields metadata = object.child("metadata");
        if (metadata.absent()) {
            return;
        }
        metadata.allowOnly(
                "name",
                "generateName",
                "namespace",
                "labels",
                "annotations",
                "ownerReferences",
                "finalizers",
                // Fields written by the server, which stand in objects that were read from it.
                "creationTimestamp",
                "deletionGracePeriodSeconds",
                "deletionTimestamp",
                "generation",
                "managedFields",
                "resourceVersion",
                "selfLink",
                "uid");
        LabelSelector.labels(metadata.child("labels"));
        metadata.child("annotations").textMap();
        boolean policy = Dialects.isPolicy(manifest.object());
        if (policy && object.child("apiVersion").absent()) {
            throw object.child("apiVersion").invalid("is missing");
        }
        if (policy && metadata.child("generateName").absent()) {
            name(metadata.child("name"));
        }
        Fields namespace = metadata.child("namespace");
        if (namespace.absent() || namespace.text().isEmpty()) {
            return;
        }
        if (!KubernetesNames.isDnsLabel(namespace.text())) {
            throw namespace.invalid("'" + namespace.text() + "' is not a namespace: at most 63 of a-z, 0-9 and -");
        }
    }

    private static void name(Fields name) {
        if (name.absent()) {
            return;
        }
        if (!KubernetesNames.isSubdomain(name.text())) {
            throw name.invalid("'" + name.text() + "' is not a name: at most 253 of a-z, 0-9, - and .");
        }
    }
}
