package dev.weir.analytics.judge;

import dev.weir.analytics.detector.LateralRole;
import dev.weir.model.Expected;
import dev.weir.model.Severity;
import dev.weir.model.Verdict;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The outcome of expected and observed together: the network and the policies disagree, or agree on a denial. */
public enum PolicyOutcome {
    BYPASS(
            "policy-bypass",
            Severity.HIGH,
            0.95,
            "is let through although policy denies it",
            LateralRole.ENTERING,
            LateralRole.MOVING),
    DENIED("policy-denied", Severity.LOW, 0.9, "is denied by policy", LateralRole.MOVING),
    OVERBLOCK("policy-overblock", Severity.MEDIUM, 0.8, "is dropped although policy allows it"),
    UNEXPLAINED("unexplained-drop", Severity.LOW, 0.6, "is dropped, and no policy says why"),
    AUDIT("audit-violation", Severity.MEDIUM, 0.9, "breaks a policy that is being audited");

    private final String id;
    private final Severity severity;
    private final double confidence;
    private final String says;
    private final Set<LateralRole> roles;

    PolicyOutcome(String id, Severity severity, double confidence, String says, LateralRole... roles) {
        this.id = id;
        this.severity = severity;
        this.confidence = confidence;
        this.says = says;
        this.roles = Set.of(roles);
    }

    /** The detector id of the outcome's alerts. */
    public String id() {
        return id;
    }

    public Severity severity() {
        return severity;
    }

    public double confidence() {
        return confidence;
    }

    /** The parts that the outcome's alerts can have in a chain of incidents. */
    public Set<LateralRole> roles() {
        return roles;
    }

    /** True if each port has an alert of its own. Attempts that fail share one alert for all ports. */
    boolean byPort() {
        return this != DENIED && this != UNEXPLAINED;
    }

    /** The predicate of a sentence whose subject is the connection. */
    public String says() {
        return says;
    }

    /**
     * The outcome; null if the flow is as expected, or the policies do not decide it.
     *
     * @param observed UNKNOWN counts as an attempt, since there is no evidence that it got through
     */
    static @Nullable PolicyOutcome of(Expected expected, Verdict observed) {
        boolean dropped = observed == Verdict.DROPPED;
        return switch (expected) {
            case DENY -> observed == Verdict.FORWARDED ? BYPASS : DENIED;
            case ALLOW -> dropped ? OVERBLOCK : null;
            case UNSELECTED -> dropped ? UNEXPLAINED : null;
            case UNKNOWN -> null;
        };
    }
}
