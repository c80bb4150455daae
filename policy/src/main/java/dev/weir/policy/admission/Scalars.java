package dev.weir.policy.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The shapes of single values. */
final class Scalars {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Pattern TIME_FORM =
            Pattern.compile("\\d{4}-\\d{2}-\\d{2}T([01]\\d|2[0-3]):\\d{2}:\\d{2}([.,]\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})");

    static final Shape TEXT = of("a string", JsonNode::isTextual, JSON.textNode(""));

    static final Shape BOOLEAN = of("true or false", JsonNode::isBoolean, JSON.booleanNode(false));

    /** A point in time by RFC 3339. */
    static final Shape TIME = of(
            "a time such as 2026-01-01T00:00:00Z",
            value -> value.isTextual() && isTime(value.textValue()),
            JSON.nullNode());

    /** Any value. */
    static final Shape ANY = of("anything", value -> true, JSON.nullNode());

    /** A whole number as Go's decoder takes it: {@code 80.0} is none. */
    static final Shape INT32 =
            of("a whole number", value -> value.isIntegralNumber() && value.canConvertToInt(), JSON.numberNode(0));

    static final Shape INT64 =
            of("a whole number", value -> value.isIntegralNumber() && value.canConvertToLong(), JSON.numberNode(0));

    /** A number or a name, {@code IntOrString}. */
    static final Shape PORT = of(
            "a whole number or a name",
            value -> value.isTextual() || value.isIntegralNumber() && value.canConvertToInt(),
            JSON.numberNode(0));

    private Scalars() {}

    private static Shape of(String wanted, Predicate<JsonNode> fits, JsonNode zero) {
        return new Shape() {
            @Override
            JsonNode read(String path, JsonNode value, List<Refusal> refusals) {
                return fits.test(value) ? value : refuse(path, wanted, value, refusals);
            }

            @Override
            JsonNode zero() {
                return zero;
            }
        };
    }

    private static boolean isTime(String text) {
        if (!TIME_FORM.matcher(text).matches()) {
            return false;
        }
        try {
            OffsetDateTime.parse(text.replace(',', '.'));
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** A whole number as a definition's schema takes it: {@code 80.0} is one. */
    static Shape integer(int least, int most) {
        return new Shape() {
            @Override
            JsonNode read(String path, JsonNode value, List<Refusal> refusals) {
                boolean whole = value.isIntegralNumber()
                        || value.isFloatingPointNumber() && value.doubleValue() == Math.rint(value.doubleValue());
                if (!whole) {
                    return refuse(path, "a whole number", value, refusals);
                }
                if (value.doubleValue() < least || value.doubleValue() > most) {
                    refusals.add(new Refusal(path, quote(value) + " is outside " + least + ".." + most));
                    return value;
                }
                return JSON.numberNode((int) value.doubleValue());
            }

            @Override
            JsonNode zero() {
                return JSON.numberNode(0);
            }
        };
    }

    /** A text that must be one of the given words. */
    static Shape oneOf(String... words) {
        return text(
                text -> List.of(words).contains(text) ? null : "'" + text + "' is not " + String.join(" or ", words));
    }

    /** A text with a rule of its own. */
    static Shape text(TextRule rule) {
        return new Shape() {
            @Override
            JsonNode read(String path, JsonNode value, List<Refusal> refusals) {
                JsonNode read = TEXT.read(path, value, refusals);
                String problem = read.isTextual() ? rule.problem(read.textValue()) : null;
                if (problem != null) {
                    refusals.add(new Refusal(path, problem));
                }
                return read;
            }

            @Override
            JsonNode zero() {
                return TEXT.zero();
            }
        };
    }
}
