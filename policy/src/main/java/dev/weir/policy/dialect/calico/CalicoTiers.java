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

    private static final String PREFIX = "calico/";
    private static final String PROFILE = "profile/";

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
        return tier(PROFILE + "%04d".formatted(place), Double.POSITIVE_INFINITY);
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

    /** True if the default action of a tier that there is denies. */
    static boolean isClosed(String name, CalicoFacts facts) {
        JsonNode object = facts.tier(name);
        return (object == null ? named(name) : of(name, object, BUILT_IN.get(name))).isClosed();
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

    /** The name of a tier that policies of Calico can name and that pods have; null for another tier. */
    static @Nullable String nameForPods(Tier tier) {
        String name = tier.id().startsWith(PREFIX) ? tier.id().substring(PREFIX.length()) : "";
        boolean isOther = name.isEmpty()
                || name.startsWith("kube-")
                || name.startsWith(PROFILE)
                || tier.equals(FAILSAFE)
                || tier.equals(EARLY);
        return isOther ? null : name;
    }

    private static Tier tier(String name, double order) {
        return new Tier(PREFIX + name, order, true, OwnHost.EGRESS);
    }
}
