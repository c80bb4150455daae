package dev.weir.model;

import java.util.List;
import java.util.Map;

/**
 * The measurements and flows by which a person can check a finding.
 *
 * @param observed measured values, by a name with its unit
 * @param expected values that they were compared with, by the same kind of name
 * @param flows up to three of the flows behind the finding
 * @param caveats sentences about limits of the evidence, for example {@code sampled 1:50}
 */
public record Evidence(
        Map<String, Double> observed, Map<String, Double> expected, List<Flow> flows, List<String> caveats) {

    /** The maximum number of sample flows of a record. */
    public static final int MAX_FLOWS = 3;

    @SuppressWarnings("NullAway") // JSON may lack any component, despite its type
    public Evidence {
        observed = observed == null ? Map.of() : observed;
        expected = expected == null ? Map.of() : expected;
        flows = flows == null ? List.of() : flows;
        caveats = caveats == null ? List.of() : caveats;
    }
}
