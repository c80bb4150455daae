package dev.weir.policy.dialect.calico;

import dev.weir.policy.Holds;
import dev.weir.policy.clause.LabelSelector;
import dev.weir.policy.clause.PodClause;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A selector of Calico, parsed: an expression about the labels of one thing. */
sealed interface CalicoSelector {
    CalicoSelector ALL = new All();

    /** {@code global()}, for things without a namespace. */
    CalicoSelector GLOBAL = new Not(ALL);

    /** Tests the labels; unknown only where a label that it asks for is not known. */
    Holds test(Labels labels);

    /** The selector as policies have it. */
    String text();

    /** The text as an operand of {@code &&}. */
    default String operand() {
        return text();
    }

    /** The selector of the pods of a namespace that a clause of Kubernetes selects. */
    static CalicoSelector of(PodClause clause) {
        LabelSelector pods = clause.pods();
        return pods == null
                ? ALL
                : new And(pods.requirements().stream().map(CalicoSelector::of).toList());
    }

    private static CalicoSelector of(LabelSelector.Requirement requirement) {
        CalicoSelector in = new In(requirement.key(), Set.copyOf(requirement.values()));
        CalicoSelector has = new Has(requirement.key());
        return switch (requirement.operator()) {
            case IN -> in;
            case NOT_IN -> new Not(in);
            case EXISTS -> has;
            case DOES_NOT_EXIST -> new Not(has);
        };
    }

    private static String quoted(String value) {
        String quote = value.contains("'") ? "\"" : "'";
        return quote + value + quote;
    }

    /** The labels of one thing. */
    interface Labels {
        /** Returns the value of a label; null if there is none. */
        @Nullable String get(String key);

        /** True unless it is not known whether there is such a label. */
        default boolean isKnown(String key) {
            return true;
        }

        /** True if {@code all()} selects the thing. */
        default boolean isAmongAll() {
            return true;
        }
    }

    /** {@code all()}. */
    record All() implements CalicoSelector {
        @Override
        public String text() {
            return "all()";
        }

        @Override
        public Holds test(Labels labels) {
            return Holds.of(labels.isAmongAll());
        }
    }

    /** {@code has(k)}. */
    record Has(String key) implements CalicoSelector {
        @Override
        public String text() {
            return "has(" + key + ")";
        }

        @Override
        public Holds test(Labels labels) {
            return labels.isKnown(key) ? Holds.of(labels.get(key) != null) : Holds.UNKNOWN;
        }
    }

    /** {@code k in {'a', 'b'}}, and {@code k == 'a'} for one value. */
    record In(String key, Set<String> values) implements CalicoSelector {
        @Override
        public String text() {
            List<String> quoted =
                    values.stream().sorted().map(CalicoSelector::quoted).toList();
            return values.size() == 1 ? key + " == " + quoted.get(0) : key + " in {" + String.join(", ", quoted) + "}";
        }

        @Override
        public Holds test(Labels labels) {
            if (!labels.isKnown(key)) {
                return Holds.UNKNOWN;
            }
            String value = labels.get(key);
            return Holds.of(value != null && values.contains(value));
        }
    }

    /** The comparisons with a part of a value. */
    enum Part {
        CONTAINS("contains") {
            @Override
            boolean isIn(String value, String part) {
                return value.contains(part);
            }
        },
        STARTS_WITH("starts with") {
            @Override
            boolean isIn(String value, String part) {
                return value.startsWith(part);
            }
        },
        ENDS_WITH("ends with") {
            @Override
            boolean isIn(String value, String part) {
                return value.endsWith(part);
            }
        };

        private final String words;

        Part(String words) {
            this.words = words;
        }

        /** The operator as selectors write it, with one space between its words. */
        String words() {
            return words;
        }

        abstract boolean isIn(String value, String part);
    }

    /** {@code k contains 'x'}, {@code k starts with 'x'} and {@code k ends with 'x'}. */
    record Partly(String key, Part part, String value) implements CalicoSelector {
        @Override
        public String text() {
            return key + " " + part.words() + " " + quoted(value);
        }

        @Override
        public Holds test(Labels labels) {
            if (!labels.isKnown(key)) {
                return Holds.UNKNOWN;
            }
            String whole = labels.get(key);
            return Holds.of(whole != null && part.isIn(whole, value));
        }
    }

    /** {@code !(...)}. */
    record Not(CalicoSelector inner) implements CalicoSelector {
        @Override
        public String text() {
            return "!(" + inner.text() + ")";
        }

        @Override
        public Holds test(Labels labels) {
            return inner.test(labels).negated();
        }
    }

    /** Expressions that are joined by {@code &&}. */
    record And(List<CalicoSelector> parts) implements CalicoSelector {
        @Override
        public String text() {
            return parts.isEmpty()
                    ? ALL.text()
                    : parts.stream().map(CalicoSelector::operand).collect(Collectors.joining(" && "));
        }

        @Override
        public Holds test(Labels labels) {
            Holds holds = Holds.YES;
            for (CalicoSelector part : parts) {
                holds = holds.and(part.test(labels));
            }
            return holds;
        }
    }

    /** Expressions that are joined by {@code ||}. */
    record Or(List<CalicoSelector> parts) implements CalicoSelector {
        @Override
        public String text() {
            return parts.stream().map(CalicoSelector::text).collect(Collectors.joining(" || "));
        }

        @Override
        public String operand() {
            return "(" + text() + ")";
        }

        @Override
        public Holds test(Labels labels) {
            Holds holds = Holds.NO;
            for (CalicoSelector part : parts) {
                holds = holds.or(part.test(labels));
            }
            return holds;
        }
    }
}
