package dev.weir.model;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The measurements and flows by which a person can check a finding.
 *
 * @param observed measured values, by a name with its unit
 * @param expected values that they were compared with, by the same kind of name
 * @param flows up to three of the flows behind the finding; of the labels of an end, the first {@value #MAX_LABELS} by
 *     key that have no more than {@value #MAX_LABEL_LENGTH} characters together
 * @param caveats sentences about limits of the evidence, for example {@code sampled 1:50}
 */
public record Evidence(
        Map<String, Double> observed, Map<String, Double> expected, List<Flow> flows, List<String> caveats) {

    /** The maximum number of sample flows of a record. */
    public static final int MAX_FLOWS = 3;

    static final int MAX_LABELS = 16;
    static final int MAX_LABEL_LENGTH = 1_024;

    @SuppressWarnings("NullAway") // JSON may lack any component, despite its type
    public Evidence {
        observed = observed == null ? Map.of() : observed;
        expected = expected == null ? Map.of() : expected;
        flows = flows == null
                ? List.of()
                : flows.stream().map(Evidence::withFewLabels).toList();
        caveats = caveats == null ? List.of() : caveats;
    }

    /** Returns the flow, whose sender may have put any number of labels on it, with as many as a person needs. */
    public static Flow withFewLabels(Flow flow) {
        Endpoint source = withFewLabels(flow.source());
        Endpoint destination = withFewLabels(flow.destination());
        boolean isSame = source == flow.source() && destination == flow.destination();
        return isSame ? flow : flow.withEndpoints(source, destination);
    }

    private static Endpoint withFewLabels(Endpoint end) {
        Map<String, String> labels = end.labels();
        if (labels == null || isShort(labels)) {
            return end;
        }
        Map<String, String> kept = new TreeMap<>();
        int length = 0;
        for (Map.Entry<String, String> each : new TreeMap<>(labels).entrySet()) {
            length += lengthOf(each);
            if (kept.size() == MAX_LABELS || length > MAX_LABEL_LENGTH) {
                break;
            }
            kept.put(each.getKey(), each.getValue());
        }
        return end.toBuilder().labels(kept).build();
    }

    private static boolean isShort(Map<String, String> labels) {
        int length = 0;
        if (labels.size() <= MAX_LABELS) {
            for (Map.Entry<String, String> each : labels.entrySet()) {
                length += lengthOf(each);
            }
        }
        return labels.size() <= MAX_LABELS && length <= MAX_LABEL_LENGTH;
    }

    private static int lengthOf(Map.Entry<String, String> label) {
        return label.getKey().length() + label.getValue().length();
    }
}
