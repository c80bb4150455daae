package dev.weir.policy.clause;

import dev.weir.model.context.ClusterObjects;
import dev.weir.policy.InvalidPolicyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A Kubernetes label selector: all requirements must hold; none at all selects everything. */
public record LabelSelector(List<Requirement> requirements) {
    /** The selector that selects everything. */
    public static final LabelSelector ALL = new LabelSelector(List.of());

    /** One key with its condition. {@code matchLabels} entries are {@code IN} with one value. */
    public record Requirement(String key, Operator operator, List<String> values) {
        public boolean holds(Map<String, String> labels) {
            @Nullable String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
            };
        }

        /** The reason for which the requirement fails, for example {@code label app is 'web', not 'api'}. */
        String failure(Map<String, String> labels) {
            @Nullable String value = labels.get(key);
            String found = value == null ? "is missing" : "is '" + value + "'";
            String what = key.equals(ClusterObjects.NAMESPACE_NAME_LABEL) ? "name" : "label " + key;
            return what + " " + found
                    + switch (operator) {
                        case IN -> ", not " + quoted();
                        case NOT_IN -> ", which is excluded";
                        case EXISTS -> "";
                        case DOES_NOT_EXIST -> ", but must be absent";
                    };
        }

        private String quoted() {
            return values.stream().map(value -> "'" + value + "'").collect(Collectors.joining(" or "));
        }
    }

    /** The operators of {@code matchExpressions}. */
    public enum Operator {
        IN,
        NOT_IN,
        EXISTS,
        DOES_NOT_EXIST
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
                .forEach((key, value) -> requirements.add(new Requirement(key, Operator.IN, List.of(value))));
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
            requireValue(labels.child(key), value);
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
        Fields operatorField = expression.child("operator");
        Operator operator =
                switch (operatorField.text()) {
                    case "In" -> Operator.IN;
                    case "NotIn" -> Operator.NOT_IN;
                    case "Exists" -> Operator.EXISTS;
                    case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
                    default ->
                        throw operatorField.invalid(
                                "'" + operatorField.text() + "' is not In, NotIn, Exists or DoesNotExist");
                };
        Fields valuesField = expression.child("values");
        List<String> values = valuesField.elements().stream().map(Fields::text).toList();
        boolean needsValues = operator == Operator.IN || operator == Operator.NOT_IN;
        if (needsValues && values.isEmpty()) {
            throw valuesField.invalid("must not be empty with " + operatorField.text());
        }
        if (!needsValues && !values.isEmpty()) {
            throw valuesField.invalid("must be empty with " + operatorField.text());
        }
        Fields key = expression.child("key");
        requireKey(key, key.text());
        values.forEach(value -> requireValue(valuesField, value));
        return new Requirement(key.text(), operator, values);
    }

    private static void requireKey(Fields field, String key) {
        if (!KubernetesNames.isLabelKey(key)) {
            throw field.invalid("'" + key + "' is not a label key: " + KubernetesNames.labelKeyRule());
        }
    }

    private static void requireValue(Fields field, String value) {
        if (!KubernetesNames.isLabelValue(value)) {
            throw field.invalid("'" + value + "' is not a label value: " + KubernetesNames.labelValueRule());
        }
    }
}
