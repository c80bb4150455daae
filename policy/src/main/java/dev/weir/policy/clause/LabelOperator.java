package dev.weir.policy.clause;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The operators of {@code matchExpressions}. */
public enum LabelOperator {
    IN("In"),
    NOT_IN("NotIn"),
    EXISTS("Exists"),
    DOES_NOT_EXIST("DoesNotExist");

    private final String id;

    LabelOperator(String id) {
        this.id = id;
    }

    /** The name in manifests. */
    public String id() {
        return id;
    }

    /** Reads the operator of an expression. */
    public static LabelOperator parse(Fields expression) {
        Fields field = expression.child("operator");
        for (LabelOperator operator : values()) {
            if (operator.id.equals(field.text())) {
                return operator;
            }
        }
        throw field.invalid("'" + field.text() + "' is not In, NotIn, Exists or DoesNotExist");
    }

    /** Reads the values of an expression with this operator. */
    public List<String> values(Fields expression) {
        Fields field = expression.child("values");
        List<String> values = field.elements().stream().map(Fields::text).toList();
        boolean needsValues = this == IN || this == NOT_IN;
        if (needsValues == values.isEmpty()) {
            throw field.invalid("must " + (needsValues ? "not be" : "be") + " empty with " + id);
        }
        values.forEach(value -> requireValue(field, value));
        return values;
    }

    /** Returns the value of a label, which must be one. */
    public static String requireValue(Fields field, String value) {
        if (!KubernetesNames.isLabelValue(value)) {
            throw field.invalid("'" + value + "' is not a label value: " + KubernetesNames.labelValueRule());
        }
        return value;
    }

    /**
     * Tests a label.
     *
     * @param value null if there is no such label
     */
    public boolean holds(@Nullable String value, List<String> values) {
        return switch (this) {
            case IN -> value != null && values.contains(value);
            case NOT_IN -> value == null || !values.contains(value);
            case EXISTS -> value != null;
            case DOES_NOT_EXIST -> value == null;
        };
    }

    /** The reason for which a test of a label fails, as a phrase: {@code label app is 'web', not 'api'}. */
    public String failure(String what, @Nullable String value, List<String> values) {
        return what
                + (value == null ? " is missing" : " is '" + value + "'")
                + switch (this) {
                    case IN ->
                        ", not " + values.stream().map(each -> "'" + each + "'").collect(Collectors.joining(" or "));
                    case NOT_IN -> ", which is excluded";
                    case EXISTS -> "";
                    case DOES_NOT_EXIST -> ", but must be absent";
                };
    }
}
