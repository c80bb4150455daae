package dev.weir.policy.dialect.calico;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.OwnHost;
import dev.weir.policy.Tier;
import dev.weir.policy.clause.Fields;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tiers of Calico: those of the cluster and the three that there always are. Between a host and the pods on it they
 * bind the egress of the pods alone, since Calico tests neither what a host sends to such a pod nor what it receives.
 */
final class CalicoTiers {
    static final String DEFAULT = "default";
    static final String DENY = "Deny";
    static final String PASS = "Pass";

    /** Rules for ports that host endpoints never close. */
    static final Tier FAILSAFE = tier("failsafe", Double.NEGATIVE_INFINITY);

    /** Policies that host endpoints apply before connections are tracked and before addresses are translated. */
    static final Tier EARLY = tier("early", -Double.MAX_VALUE);

    private static final Map<String, BuiltIn> BUILT_IN = Map.of(
            DEFAULT,
            new BuiltIn(1_000_000, DENY),
            "kube-admin",
            new BuiltIn(1_000, PASS),
            "kube-baseline",
            new BuiltIn(10_000_000, PASS));

    private CalicoTiers() {}

    private record BuiltIn(double order, String defaultAction) {}

    /**
     * A tier with the action where none of its rules matches.
     *
     * @param isClosed true for {@code Deny}, false for {@code Pass}
     */
    record OfPolicies(Tier tier, boolean isClosed) {}

    /** The tier of a profile in the order of its host endpoint; profiles are asked after all tiers of policies. */
    static Tier profile(int place) {
        return tier("profile/%04d".formatted(place), Double.POSITIVE_INFINITY);
    }

    /** The tier that a field names, {@code default} if it is absent. */
    static OfPolicies of(Fields field, CalicoFacts facts) {
        String name = field.absent() ? DEFAULT : field.text();
        JsonNode object = facts.tier(name);
        BuiltIn builtIn = BUILT_IN.get(name);
        if (object == null && builtIn == null) {
            throw field.invalid("there is no Tier '" + name + "'");
        }
        return object == null ? named(name) : of(name, object, builtIn);
    }

    /** A tier that there always is. */
    static OfPolicies named(String name) {
        BuiltIn builtIn = BUILT_IN.get(name);
        if (builtIn == null) {
            throw new IllegalArgumentException(name);
        }
        return new OfPolicies(
                tier(name, builtIn.order()), builtIn.defaultAction().equals(DENY));
    }

    private static OfPolicies of(String name, JsonNode object, @Nullable BuiltIn builtIn) {
        JsonNode spec = object.path("spec");
        JsonNode order = spec.path("order");
        double known = builtIn == null ? Double.MAX_VALUE : builtIn.order();
        String action = spec.path("defaultAction").asText(builtIn == null ? DENY : builtIn.defaultAction());
        return new OfPolicies(tier(name, order.isNumber() ? order.doubleValue() : known), action.equals(DENY));
    }

    private static Tier tier(String name, double order) {
        return new Tier("calico/" + name, order, true, OwnHost.EGRESS);
    }
}
