package dev.weir.policy.dialect.istio;

import dev.weir.policy.Holds;
import dev.weir.policy.MeshTraffic;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says for people which conditions of a rule fail, or cannot be decided, for some traffic. */
final class MeshReasons {
    private final MeshView view;
    private final boolean isHttp;
    private final boolean isZtunnel;
    private final Holds answer;

    /**
     * Creates the reasons.
     *
     * @param answer that of the conditions to name
     */
    MeshReasons(MeshView view, boolean isHttp, boolean isZtunnel, Holds answer) {
        this.view = view;
        this.isHttp = isHttp;
        this.isZtunnel = isZtunnel;
        this.answer = answer;
    }

    /** The reasons, joined by "and"; empty if no condition has the answer. */
    String of(MeshRule rule) {
        List<String> reasons = new ArrayList<>();
        reasons.addAll(nearest(rule.from()));
        reasons.addAll(nearest(rule.to()));
        reasons.addAll(of(rule.when()));
        return String.join(" and ", reasons);
    }

    /** The reasons of the entry that fails by the fewest; none if an entry holds. */
    private List<String> nearest(List<List<MeshCondition>> entries) {
        List<String> fewest = List.of();
        for (List<MeshCondition> entry : entries) {
            List<String> reasons = of(entry);
            if (reasons.isEmpty()) {
                return reasons;
            }
            if (fewest.isEmpty() || reasons.size() < fewest.size()) {
                fewest = reasons;
            }
        }
        return fewest;
    }

    private List<String> of(List<MeshCondition> conditions) {
        return conditions.stream()
                .filter(each -> each.holds(view, isHttp, isZtunnel) == answer)
                .map(this::reason)
                .toList();
    }

    private String reason(MeshCondition condition) {
        String name = name(condition);
        String value = value(condition.attribute());
        if (value == null) {
            return answer == Holds.NO ? name + " does not match" : "the record does not hold " + name;
        }
        if (answer == Holds.UNKNOWN) {
            return "it is not known whether the connection carries mTLS";
        }
        String values =
                condition.values().stream().map(each -> "'" + each + "'").collect(Collectors.joining(" or "));
        return name + " is " + value + (condition.isNegated() ? "" : ", not " + values);
    }

    private static String name(MeshCondition condition) {
        String argument = String.join(".", condition.argument());
        return switch (condition.attribute()) {
            case PRINCIPAL -> "the source's principal";
            case NAMESPACE -> "the source's namespace";
            case ACCOUNT -> "the source's service account";
            case TRUST_DOMAIN -> "the source's trust domain";
            case SOURCE_IP -> "the source's address";
            case REMOTE_IP -> "the client's address";
            case DESTINATION_IP -> "the destination's address";
            case PORT -> "the port";
            case HOST -> "the host";
            case METHOD -> "the method";
            case PATH -> "the path";
            case REQUEST_PRINCIPAL, AUDIENCES, PRESENTER -> "the token";
            case CLAIM -> "the token's claim " + argument;
            case HEADER -> "the header " + argument;
            case SNI -> "the server name of TLS";
            case OF_ENVOY -> "the filter of Envoy";
        };
    }

    /** The value that the traffic has; null if there is none to show. */
    private @Nullable String value(MeshCondition.Attribute attribute) {
        MeshTraffic.Http http = view.http();
        Integer port = view.traffic().port();
        return switch (attribute) {
            case PRINCIPAL, NAMESPACE, ACCOUNT, TRUST_DOMAIN -> identity();
            case SOURCE_IP -> view.traffic().source().ip();
            case REMOTE_IP -> http == null ? view.traffic().source().ip() : http.clientIp();
            case DESTINATION_IP -> view.traffic().destination().ip();
            case PORT -> port == null ? null : port.toString();
            case HOST -> http == null ? null : http.host();
            case METHOD -> http == null ? null : http.method();
            case PATH -> http == null ? null : http.path();
            case SNI -> view.sni();
            default -> null;
        };
    }

    private @Nullable String identity() {
        return view.mtls() == Holds.NO ? "none without mTLS" : view.principal();
    }
}
