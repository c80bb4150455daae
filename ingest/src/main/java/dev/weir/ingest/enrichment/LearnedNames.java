package dev.weir.ingest.enrichment;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.weir.common.Ip;
import dev.weir.model.Flow;
import dev.weir.model.L7;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Names of addresses as the DNS answers told them that the very same client received: one address of a content network
 * may be a hundred names, but only one of them is what this client asked for. Bounded; safe for use by several threads.
 */
final class LearnedNames {
    private static final int MAX_NAMES = 200_000;
    /** Connections outlive the time for which an answer may be kept. */
    private static final Duration KEPT = Duration.ofHours(24);

    private final Cache<Asked, String> names =
            Caffeine.newBuilder().maximumSize(MAX_NAMES).expireAfterWrite(KEPT).build();

    private record Asked(String client, String address) {}

    /** Takes in an answer, when the flow holds one. */
    void learn(Flow flow) {
        L7 l7 = flow.l7();
        L7.Dns dns = l7 == null ? null : l7.dns();
        List<String> answers = dns == null ? null : dns.answers();
        String query = dns == null ? null : dns.query();
        if (answers == null || query == null) {
            return;
        }
        String name = query.toLowerCase(Locale.ROOT);
        String shown = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        for (String answer : answers) {
            // Other answers are names, on the way to the addresses.
            String address = Ip.canonical(answer);
            if (address != null && !shown.isEmpty()) {
                names.put(new Asked(flow.source().ip(), address), shown);
            }
        }
    }

    /** The name that this client asked for when it got that address; null when none is known. */
    @Nullable String of(String client, String address) {
        return names.getIfPresent(new Asked(client, address));
    }
}
