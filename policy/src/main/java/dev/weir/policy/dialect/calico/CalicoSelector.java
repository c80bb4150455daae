package dev.weir.policy.dialect.calico;

import dev.weir.policy.Holds;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A selector of Calico, parsed: an expression about the labels of one thing. */
sealed interface CalicoSelector {
    CalicoSelector ALL = new All();

    /** {@code global()}, for things without a namespace. */
    CalicoSelector GLOBAL = new Not(ALL);

    /** Tests the labels; unknown only where a label that it asks for is not known. */
    Holds test(Labels labels);

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
        public Holds test(Labels labels) {
            return Holds.of(labels.isAmongAll());
        }
    }

    /** {@code has(k)}. */
    record Has(String key) implements CalicoSelector {
        @Override
        public Holds test(Labels labels) {
            return labels.isKnown(key) ? Holds.of(labels.get(key) != null) : Holds.UNKNOWN;
        }
    }

    /** {@code k in {'a', 'b'}}, and {@code k == 'a'} for one value. */
    record In(String key, Set<String> values) implements CalicoSelector {
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
    record Partly(String key, Part part, String text) implements CalicoSelector {
        @Override
        public Holds test(Labels labels) {
            if (!labels.isKnown(key)) {
                return Holds.UNKNOWN;
            }
            String value = labels.get(key);
            return Holds.of(value != null && part.isIn(value, text));
        }
    }

    /** {@code !(...)}. */
    record Not(CalicoSelector inner) implements CalicoSelector {
        @Override
        public Holds test(Labels labels) {
            return inner.test(labels).negated();
        }
    }

    /** Expressions that are joined by {@code &&}. */
    record And(List<CalicoSelector> parts) implements CalicoSelector {
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
        public Holds test(Labels labels) {
            Holds holds = Holds.NO;
            for (CalicoSelector part : parts) {
                holds = holds.or(part.test(labels));
            }
            return holds;
        }
    }
}
