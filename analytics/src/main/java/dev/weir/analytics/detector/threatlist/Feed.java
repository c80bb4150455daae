package dev.weir.analytics.detector.threatlist;

import dev.weir.common.Ip;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
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
    private final Map<String, Entry> networks = new HashMap<>();
    /** The lengths of the prefixes of one family, longest first; an address is looked up once for each. */
    private final TreeSet<Integer> prefixes4 = new TreeSet<>(Comparator.reverseOrder());

    private final TreeSet<Integer> prefixes6 = new TreeSet<>(Comparator.reverseOrder());

    int size() {
        return domains.size() + networks.size();
    }

    /**
     * Adds an address, a network in CIDR notation or a domain.
     *
     * @return false when it is none of these
     */
    boolean add(String text, Entry entry) {
        int slash = text.indexOf('/');
        byte[] address = Ip.parse(slash < 0 ? text : text.substring(0, slash));
        if (address != null) {
            Integer prefix =
                    slash < 0 ? Integer.valueOf(address.length * 8) : prefix(text.substring(slash + 1), address);
            if (prefix == null) {
                return false;
            }
            (address.length == 4 ? prefixes4 : prefixes6).add(prefix);
            networks.merge(key(address, prefix), entry, Feed::later);
            return true;
        }
        String domain = text.toLowerCase(Locale.ROOT);
        if (!domain.matches("(\\*\\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\\.)+[a-z0-9-]{2,63}\\.?")) {
            return false;
        }
        String bare = domain.startsWith("*.") ? domain.substring(2) : domain;
        domains.merge(bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare, entry, Feed::later);
        return true;
    }

    private static Entry later(Entry a, Entry b) {
        return a.untilMs() >= b.untilMs() ? a : b;
    }

    private static @Nullable Integer prefix(String text, byte[] address) {
        try {
            int prefix = Integer.parseInt(text);
            return prefix < 0 || prefix > address.length * 8 ? null : prefix;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    /** The list that an address is on at a time; null for none. */
    @Nullable String ofAddress(String ip, long ms) {
        byte[] address = Ip.parse(ip);
        if (address == null) {
            return null;
        }
        for (int prefix : address.length == 4 ? prefixes4 : prefixes6) {
            Entry entry = networks.get(key(address, prefix));
            if (entry != null && ms < entry.untilMs()) {
                return entry.list();
            }
        }
        return null;
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

    private static String key(byte[] address, int prefix) {
        byte[] masked = address.clone();
        for (int bit = prefix; bit < masked.length * 8; bit++) {
            masked[bit / 8] &= (byte) ~(0x80 >> bit % 8);
        }
        return Arrays.toString(masked) + "/" + prefix;
    }
}
