package dev.weir.policy.dialect.istio;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.L7;
import dev.weir.policy.Holds;
import dev.weir.policy.MeshTraffic;
import dev.weir.policy.Peer;
import dev.weir.policy.Traffic;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Traffic as the destination's proxy sees it.
 *
 * @param mtls true if the source has an identity
 * @param principal the identity; null if there is none or it is not known
 * @param http the request; null if nothing is known of it
 * @param takesTokens true if a request may carry a verified token
 */
record MeshView(
        Traffic traffic, Holds mtls, @Nullable String principal, MeshTraffic.@Nullable Http http, boolean takesTokens) {
    private static final String DEFAULT_ACCOUNT = "default";

    static MeshView of(Traffic traffic, IstioFacts facts) {
        Peer.Pod to = traffic.destination().pod();
        Holds mtls = facts.mtls(traffic);
        MeshTraffic mesh = traffic.mesh();
        String service = mesh == null ? null : mesh.service();
        return new MeshView(
                traffic,
                facts.isDisabled(traffic) ? Holds.NO : mtls,
                principal(traffic, facts.settings()),
                http(traffic),
                to != null && facts.takesTokens(to, service));
    }

    /** Tests whether a proxy that finds out by the first bytes takes the traffic for HTTP. */
    Holds isHttp() {
        Boolean said = traffic.mesh() == null ? null : traffic.mesh().isHttp();
        return http != null ? Holds.YES : said == null ? Holds.UNKNOWN : Holds.of(said);
    }

    private static @Nullable String principal(Traffic traffic, IstioSettings settings) {
        String said = traffic.mesh() == null ? null : traffic.mesh().principal();
        Peer.Pod from = traffic.source().pod();
        if (said != null || from == null) {
            return said;
        }
        String account = from.identity().serviceAccount();
        return account == null
                ? null
                : settings.trustDomain() + "/ns/" + from.namespace() + "/sa/"
                        + (account.isEmpty() ? DEFAULT_ACCOUNT : account);
    }

    private static MeshTraffic.@Nullable Http http(Traffic traffic) {
        MeshTraffic mesh = traffic.mesh();
        if (mesh != null && mesh.http() != null) {
            return mesh.http();
        }
        L7.Http http = traffic.l7() == null ? null : traffic.l7().http();
        return http == null
                ? null
                : new MeshTraffic.Http(http.method(), http.path(), http.host(), Map.of(), null, null);
    }

    /** The claims of the verified token; empty if there is none, null if that is not known. */
    @Nullable Optional<JsonNode> token() {
        if (!takesTokens) {
            return Optional.empty();
        }
        return http == null ? null : http.jwt();
    }

    @Nullable String sni() {
        return traffic.mesh() == null
                ? sniOfTls()
                : traffic.mesh().sni() == null ? sniOfTls() : traffic.mesh().sni();
    }

    private @Nullable String sniOfTls() {
        L7.Tls tls = traffic.l7() == null ? null : traffic.l7().tls();
        return tls == null ? null : tls.sni();
    }
}
