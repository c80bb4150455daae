package dev.weir.analytics.detector;

import dev.weir.model.Severity;
import java.io.Serializable;
import java.util.List;
import java.util.Set;

/**
 * The properties that all findings of a detector have, unless a finding has others of its own.
 *
 * @param id kebab-case; it never changes, since alerts are stored by it. The detector's section in the configuration
 *     has the same name in snake case, its package the same without hyphens
 * @param category the tactic of ATT&amp;CK in kebab-case, or {@code baseline} or {@code posture}
 * @param impact the severity of a finding that is certain
 * @param techniques ids of ATT&amp;CK
 * @param roles the parts that its alerts can have in a chain of incidents
 * @param weighing the way in which other workloads weigh its findings
 */
public record DetectorInfo(
        String id, String category, Severity impact, List<String> techniques, Set<LateralRole> roles, Weighing weighing)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public DetectorInfo {
        techniques = List.copyOf(techniques);
        roles = Set.copyOf(roles);
    }

    /** A detector whose findings other workloads do not weigh. */
    public DetectorInfo(String id, String category, Severity impact, List<String> techniques, Set<LateralRole> roles) {
        this(id, category, impact, techniques, roles, Weighing.NONE);
    }

    /** The key of the detector's section in the configuration. */
    public String key() {
        return id.replace('-', '_');
    }
}
