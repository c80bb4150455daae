package dev.weir.policy.random;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Completes a record in every way that makes a difference. A property that the record does not hold is given a value
 * when an evaluator first asks for it, and takes the other values in the runs that follow.
 */
final class PlainChoices {
    private static final int MOST_RUNS = 300_000;

    private final PlainPacket record;
    private final List<Choice> made = new ArrayList<>();

    private PlainChoices(PlainPacket record) {
        this.record = record;
    }

    /** A property with the value that it has in the present run. */
    private static final class Choice {
        private final String property;
        private final List<String> values;
        private int place;

        Choice(String property, List<String> values) {
            this.property = property;
            this.values = values;
        }
    }

    /** The outcomes of a test over all completions of a record: one, or both. */
    static Set<Boolean> outcomes(PlainPacket record, Predicate<PlainChoices> test) {
        PlainChoices choices = new PlainChoices(record);
        Set<Boolean> outcomes = new HashSet<>();
        int runs = 0;
        do {
            outcomes.add(test.test(choices));
            if (++runs > MOST_RUNS) {
                throw new AssertionError(runs + " completions of " + record.display());
            }
        } while (outcomes.size() < 2 && choices.advance());
        return outcomes;
    }

    /** The value of a property: the one that the record holds, or one of those that it may have. */
    String of(String property, Supplier<? extends Collection<String>> values) {
        String known = record.detail(property);
        if (!known.isEmpty()) {
            return known;
        }
        for (Choice choice : made) {
            if (choice.property.equals(property)) {
                return choice.values.get(choice.place);
            }
        }
        Choice choice = new Choice(property, List.copyOf(values.get()));
        made.add(choice);
        return choice.values.get(0);
    }

    boolean isYes(String property) {
        return of(property, () -> List.of("yes", "no")).equals("yes");
    }

    /** Goes on to the next completion; false after the last. */
    private boolean advance() {
        while (!made.isEmpty()) {
            Choice last = made.get(made.size() - 1);
            if (++last.place < last.values.size()) {
                return true;
            }
            made.remove(made.size() - 1);
        }
        return false;
    }
}
