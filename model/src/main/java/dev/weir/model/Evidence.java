package dev.weir.model;

import java.util.List;
import java.util.Map;

/**
 * What a person can check.
 *
 * @param observed what was measured, by a name with its unit
 * @param expected what it was held against, by the same kind of name
 * @param flows up to three of the flows behind it
 * @param caveats what weakens the evidence, for example {@code sampled 1:50}
 */
public record Evidence(
        Map<String, Double> observed, Map<String, Double> expected, List<Flow> flows, List<String> caveats) {

    /** How many sample flows a record carries at most. */
    public static final int MAX_FLOWS = 3;

    @SuppressWarnings("NullAway") // from JSON any component may be absent, whatever its type says
    public Evidence {
        observed = observed == null ? Map.of() : observed;
        expected = expected == null ? Map.of() : expected;
        flows = flows == null ? List.of() : flows;
        caveats = caveats == null ? List.of() : caveats;
    }
}
