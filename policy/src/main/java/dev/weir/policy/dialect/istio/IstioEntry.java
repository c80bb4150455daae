package dev.weir.policy.dialect.istio;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.context.MeshProxy;
import dev.weir.policy.Holds;
import dev.weir.policy.MeshTraffic;
import dev.weir.policy.Peer;
import dev.weir.policy.Traffic;
import dev.weir.policy.manifest.RuleWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rule of an AuthorizationPolicy that matches exactly the source, the port and the request of traffic as the
 * proxy of the destination sees it.
 */
final class IstioEntry {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Traffic traffic;
    private final MeshView view;
    private final IstioFacts facts;

    IstioEntry(Traffic traffic, IstioFacts facts) {
        this.traffic = traffic;
        this.view = facts.view(traffic);
        this.facts = facts;
    }

    /** Writes the rule; null if it is not known who the source is, or the port, or the request that decides. */
    @Nullable ObjectNode rule() {
        Integer port = traffic.port();
        ObjectNode rule = JSON.objectNode();
        if (port == null || !addSource(rule)) {
            return null;
        }
        ObjectNode operation = rule.putArray("to").addObject().putObject("operation");
        operation.putArray("ports").add(String.valueOf(port));
        MeshTraffic.Http http = view.http();
        return http == null || !isHttp(port) || addRequest(operation, http) ? rule : null;
    }

    /** Adds the source: its identity if the connection has mTLS, else its address; returns false if it is not known. */
    private boolean addSource(ObjectNode rule) {
        String ip = traffic.source().ip();
        String principal = view.principal();
        ObjectNode source = rule.putArray("from").addObject().putObject("source");
        if (view.mtls() == Holds.YES && principal != null) {
            source.putArray("principals").add(principal);
        } else if (view.mtls() == Holds.NO && ip != null) {
            source.putArray("ipBlocks").add(RuleWriter.cidr(ip));
        }
        return !source.isEmpty();
    }

    /** True if the proxy takes the traffic for HTTP. */
    private boolean isHttp(int port) {
        Peer.Pod to = traffic.destination().pod();
        String service = traffic.mesh() == null ? null : traffic.mesh().service();
        return to != null
                && IstioFacts.proxy(to) != MeshProxy.Kind.AMBIENT
                && facts.declared(to, port, service) != IstioFacts.Declared.TCP;
    }

    /** Adds method and path; returns false if one is not known, or is not one that a rule can name alone. */
    private static boolean addRequest(ObjectNode operation, MeshTraffic.Http http) {
        String method = http.method();
        String path = http.path() == null ? null : RequestPath.normalized(http.path());
        if (method == null || path == null || isPattern(method) || isPattern(path)) {
            return false;
        }
        operation.putArray("methods").add(method);
        operation.putArray("paths").add(path);
        return true;
    }

    private static boolean isPattern(String text) {
        return text.isEmpty() || text.contains("*") || text.contains("{") || text.contains("}");
    }
}
