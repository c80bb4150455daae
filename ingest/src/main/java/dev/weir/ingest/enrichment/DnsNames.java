package dev.weir.ingest.enrichment;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.weir.common.Ip;
import dev.weir.common.Text;
import dev.weir.model.Flow;
import dev.weir.model.L7;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names of addresses by the DNS answers that the very same client received: an address of a content network may have a
 * hundred names, but only one of them is the one that this client asked for. Bounded. Safe for use by several threads.
 */
final class DnsNames {
    static final int MAX_NAMES = 200_000;

    /** The longest domain name that there is. */
    private static final int MAX_LENGTH = 253;

    /** The time for which a name is kept; connections outlive the TTL of an answer. */
    private static final Duration KEPT = Duration.ofHours(24);

    private final Cache<Asked, String> names;

    private record Asked(String client, String address) {}

    /**
     * Creates an empty table.
     *
     * @param evicted runs for each name that is evicted since there are too many, in any thread
     */
    DnsNames(Runnable evicted) {
        names = Caffeine.newBuilder()
                .maximumSize(MAX_NAMES)
                .expireAfterWrite(KEPT)
                .<Asked, String>evictionListener((asked, name, cause) -> {
                    if (cause == RemovalCause.SIZE) {
                        evicted.run();
                    }
                })
                .build();
    }

    /** Learns the names of an answer, if the flow contains one. */
    void learn(Flow flow) {
        L7 l7 = flow.l7();
        L7.Dns dns = l7 == null ? null : l7.dns();
        List<String> answers = dns == null ? null : dns.answers();
        String query = dns == null ? null : dns.query();
        if (answers == null || query == null) {
            return;
        }
        String shown = Text.domain(query);
        for (String answer : answers) {
            // The other answers are names (CNAME) on the way to the addresses.
            String address = Ip.canonical(answer);
            if (address != null && !shown.isEmpty() && shown.length() <= MAX_LENGTH) {
                names.put(new Asked(flow.source().ip(), address), shown);
            }
        }
    }

    /** Returns the name that this client asked for when it received that address; null if none is known. */
    @Nullable String of(String client, String address) {
        return names.getIfPresent(new Asked(client, address));
    }
}
