package dev.weir.policy.lint;

import dev.weir.model.manifest.Manifest;
import dev.weir.policy.InvalidPolicyException;
import dev.weir.policy.clause.Fields;
import dev.weir.policy.clause.LabelSelector;
import dev.weir.policy.dialect.Dialects;
import java.util.regex.Pattern;

/** What the API server looks at in an object's metadata, and no decision depends on. */
final class MetadataLints {
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final int LONGEST_NAME = 253;
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private MetadataLints() {}

    /**
     * @param manifest of any kind
     * @throws InvalidPolicyException naming the field
     */
    static void look(Manifest manifest) {
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
                // Written by the server; they stand in what it has given out.
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
        if (!NAMESPACE.matcher(namespace.text()).matches()) {
            throw namespace.invalid("'" + namespace.text() + "' is not a namespace: at most 63 of a-z, 0-9 and -");
        }
        if (policy && Dialects.isOfCluster(manifest.object())) {
            throw namespace.invalid("cannot go with " + manifest.kind() + ", which belongs to no namespace");
        }
    }

    private static void name(Fields name) {
        if (name.absent()) {
            return;
        }
        if (name.text().length() > LONGEST_NAME || !NAME.matcher(name.text()).matches()) {
            throw name.invalid(
                    "'" + name.text() + "' is not a name: at most " + LONGEST_NAME + " of a-z, 0-9, - and .");
        }
    }
}
