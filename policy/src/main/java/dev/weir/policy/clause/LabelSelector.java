package dev.weir.policy.clause;

import dev.weir.model.context.ClusterObjects;
import dev.weir.policy.InvalidPolicyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A Kubernetes label selector: all requirements must hold; none at all selects everything. */
public record LabelSelector(List<Requirement> requirements) {
    /** The selector that selects everything. */
    public static final LabelSelector ALL = new LabelSelector(List.of());

    /** One key with its condition. {@code matchLabels} entries are {@code IN} with one value. */
    public record Requirement(String key, LabelOperator operator, List<String> values) {
        public boolean holds(Map<String, String> labels) {
            return operator.holds(labels.get(key), values);
        }

        /** The reason for which the requirement fails, for example {@code label app is 'web', not 'api'}. */
        String failure(Map<String, String> labels) {
            String what = key.equals(ClusterObjects.NAMESPACE_NAME_LABEL) ? "name" : "label " + key;
            return operator.failure(what, labels.get(key), values);
        }
    }

    /**
     * Parses a selector.
     *
     * @throws InvalidPolicyException naming the field
     */
    public static LabelSelector parse(Fields selector) {
        selector.allowOnly("matchLabels", "matchExpressions");
        List<Requirement> requirements = new ArrayList<>();
        labels(selector.child("matchLabels"))
                .forEach((key, value) -> requirements.add(new Requirement(key, LabelOperator.IN, List.of(value))));
        for (Fields expression : selector.child("matchExpressions").elements()) {
            requirements.add(requirement(expression.allowOnly("key", "operator", "values")));
        }
        return new LabelSelector(List.copyOf(requirements));
    }

    /**
     * Reads labels as they stand in an object, or in {@code matchLabels}.
     *
     * @throws InvalidPolicyException naming the label
     */
    public static Map<String, String> labels(Fields labels) {
        Map<String, String> map = labels.textMap();
        map.forEach((key, value) -> {
            requireKey(labels.child(key), key);
            LabelOperator.requireValue(labels.child(key), value);
        });
        return map;
    }

    public boolean matches(Map<String, String> labels) {
        for (Requirement requirement : requirements) {
            if (!requirement.holds(labels)) {
                return false;
            }
        }
        return true;
    }

    /** The failed requirements, as phrases. */
    public List<String> failures(Map<String, String> labels) {
        return requirements.stream()
                .filter(requirement -> !requirement.holds(labels))
                .map(requirement -> requirement.failure(labels))
                .toList();
    }

    private static Requirement requirement(Fields expression) {
        LabelOperator operator = LabelOperator.parse(expression);
        List<String> values = operator.values(expression);
        Fields key = expression.child("key");
        requireKey(key, key.text());
        return new Requirement(key.text(), operator, values);
    }

    private static void requireKey(Fields field, String key) {
        if (!KubernetesNames.isLabelKey(key)) {
            throw field.invalid("'" + key + "' is not a label key: " + KubernetesNames.labelKeyRule());
        }
    }
}
