package dev.weir.analytics.detector.threatlist;

import dev.weir.common.Cidr;
import dev.weir.common.Ip;
import dev.weir.common.PrefixMap;
import dev.weir.common.Text;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The entries of all threat lists: networks by prefix, and domains with all subdomains. */
final class Feed {
    /**
     * One entry.
     *
     * @param list the list that holds it
     * @param untilMs the end of its validity, {@code Long.MAX_VALUE} for none
     */
    record Entry(String list, long untilMs) {}

    private final Map<String, Entry> domains = new HashMap<>();
    private final PrefixMap<Entry> networks = new PrefixMap<>();

    int size() {
        return domains.size() + networks.size();
    }

    /**
     * Adds an address, a network in CIDR notation or a domain.
     *
     * @return false when it is none of these
     */
    boolean add(String text, Entry entry) {
        Cidr network = Cidr.parse(text);
        if (network != null) {
            networks.merge(network, entry, Feed::later);
            return true;
        }
        String domain = Text.domain(text);
        if (!domain.matches("(\\*\\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\\.)+[a-z0-9-]{2,63}")) {
            return false;
        }
        String bare = domain.startsWith("*.") ? domain.substring(2) : domain;
        domains.merge(bare, entry, Feed::later);
        return true;
    }

    private static Entry later(Entry a, Entry b) {
        return a.untilMs() >= b.untilMs() ? a : b;
    }

    /** The list that an address is on at a time; null for none. */
    @Nullable String ofAddress(String ip, long ms) {
        byte[] address = Ip.parse(ip);
        Entry entry = address == null ? null : networks.longest(address, each -> ms < each.untilMs());
        return entry == null ? null : entry.list();
    }

    /** The list that a name, or a domain that it is under, is on at a time; null for none. */
    @Nullable String ofName(String name, long ms) {
        String rest = name.toLowerCase(Locale.ROOT);
        while (!rest.isEmpty()) {
            Entry entry = domains.get(rest);
            if (entry != null && ms < entry.untilMs()) {
                return entry.list();
            }
            int dot = rest.indexOf('.');
            rest = dot < 0 ? "" : rest.substring(dot + 1);
        }
        return null;
    }
}
