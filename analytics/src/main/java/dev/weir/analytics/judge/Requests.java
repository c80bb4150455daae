package dev.weir.analytics.judge;

import dev.weir.analytics.Distinct;
import dev.weir.analytics.Domains;
import dev.weir.common.Text;
import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import dev.weir.model.HttpRequests;
import dev.weir.model.L7;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts the application-layer requests of the flows of one edge and slice. */
final class Requests {
    /** Record types whose answers carry data of any kind; most questions are for addresses. */
    private static final Set<String> BULKY = Set.of("TXT", "NULL", "CNAME", "MX", "KEY", "SRV", "SIG", "PRIVATE");

    /** The length limit of a DNS name; a longer one would make an activity too large to send on. */
    private static final int LONGEST_NAME = 255;

    /**
     * Top-level domains of the cluster itself and of addresses. A tunnel needs a server outside, so they are left out.
     */
    private static final Set<String> OWN = Set.of("local", "arpa", "internal", "localdomain", "svc", "lan", "home");

    private final TreeMap<String, Domain> domains = new TreeMap<>();
    private @Nullable Http http;

    private static final class Domain {
        private long queries;
        private long failed;
        private long bulky;
        private long nameBytes;
        private final Distinct names = new Distinct();
    }

    private static final class Http {
        private long requests;
        private long failed;
        private long unauthorized;
        private final Distinct paths = new Distinct();
    }

    void add(@Nullable L7 l7) {
        if (l7 == null) {
            return;
        }
        if (l7.dns() != null && l7.dns().query() != null && l7.dns().query().length() <= LONGEST_NAME) {
            add(l7.dns(), Text.domain(l7.dns().query()));
        }
        if (l7.http() != null) {
            add(l7.http());
        }
    }

    private void add(L7.Dns dns, String name) {
        String registered = registered(name);
        if (registered == null) {
            return;
        }
        int carried = Math.max(0, name.length() - registered.length() - 1);
        if (!domains.containsKey(registered) && domains.size() >= Activity.MAX_DOMAINS && !hasMadeRoom(carried)) {
            return;
        }
        Domain domain = domains.computeIfAbsent(registered, key -> new Domain());
        domain.queries++;
        domain.failed += "NXDOMAIN".equals(dns.rcode()) ? 1 : 0;
        domain.bulky += dns.type() != null && BULKY.contains(dns.type()) ? 1 : 0;
        domain.nameBytes += carried;
        domain.names.add(name);
    }

    /**
     * Evicts the domain that carries least, if it carries less than {@code carried}. So many short decoys cannot hide a
     * tunnel.
     */
    private boolean hasMadeRoom(int carried) {
        Map.Entry<String, Domain> least = null;
        for (Map.Entry<String, Domain> each : domains.entrySet()) {
            if (least == null || each.getValue().nameBytes < least.getValue().nameBytes) {
                least = each;
            }
        }
        if (least == null || least.getValue().nameBytes >= carried) {
            return false;
        }
        domains.remove(least.getKey());
        return true;
    }

    private void add(L7.Http request) {
        if (http == null) {
            http = new Http();
        }
        http.requests++;
        Integer status = request.status();
        http.failed += status != null && status >= 400 && status < 500 ? 1 : 0;
        http.unauthorized += status != null && (status == 401 || status == 403) ? 1 : 0;
        if (request.path() != null) {
            http.paths.add(request.path());
        }
    }

    /** The registered domain of a name; null for names of the cluster and single labels. */
    private static @Nullable String registered(String name) {
        int dot = name.lastIndexOf('.');
        if (dot < 0 || OWN.contains(name.substring(dot + 1))) {
            return null;
        }
        String domain = Domains.registered(name);
        if (domain != null) {
            return domain;
        }
        int before = name.lastIndexOf('.', dot - 1);
        return name.substring(before + 1);
    }

    List<DnsQueries> dns() {
        return domains.entrySet().stream().map(Requests::dns).toList();
    }

    private static DnsQueries dns(Map.Entry<String, Domain> entry) {
        Domain domain = entry.getValue();
        return new DnsQueries(
                entry.getKey(), domain.queries, domain.failed, domain.bulky, domain.nameBytes, domain.names.bytes());
    }

    @Nullable HttpRequests http() {
        return http == null
                ? null
                : new HttpRequests(http.requests, http.failed, http.unauthorized, http.paths.bytes());
    }
}
