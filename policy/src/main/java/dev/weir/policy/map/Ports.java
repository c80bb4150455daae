package dev.weir.policy.map;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Ports by protocol, as ranges.
 *
 * @param ranges protocol to its ranges, in order, none touching the next; a protocol without any has no entry
 */
public record Ports(Map<String, List<Range>> ranges) {
    static final int LAST = 65_535;
    static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
    static final Ports NONE = new Ports(Map.of());
    static final Ports ALL = all();

    /** A range of ports, both ends included. */
    public record Range(int first, int last) {
        String display() {
            return first == last ? String.valueOf(first) : first + "-" + last;
        }
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** The ports for people: {@code all}, {@code TCP 80,8000-8080; UDP 53}, {@code none}. */
    public String display() {
        if (equals(ALL)) {
            return "all";
        }
        List<String> parts = new ArrayList<>();
        ranges.forEach((protocol, its) -> parts.add(
                its.equals(List.of(new Range(1, LAST)))
                        ? protocol
                        : protocol + " "
                                + String.join(
                                        ",", its.stream().map(Range::display).toList())));
        return parts.isEmpty() ? "none" : String.join("; ", parts);
    }

    /** Collects ranges in ascending order. */
    static final class Builder {
        private final Map<String, List<Range>> ranges = new TreeMap<>();

        void add(String protocol, int first, int last) {
            List<Range> its = ranges.computeIfAbsent(protocol.toUpperCase(Locale.ROOT), name -> new ArrayList<>(2));
            Range before = its.isEmpty() ? null : its.get(its.size() - 1);
            if (before != null && before.last() + 1 == first) {
                its.set(its.size() - 1, new Range(before.first(), last));
            } else {
                its.add(new Range(first, last));
            }
        }

        Ports build() {
            return ranges.isEmpty() ? NONE : new Ports(ranges);
        }
    }

    private static Ports all() {
        Builder all = new Builder();
        PROTOCOLS.forEach(protocol -> all.add(protocol, 1, LAST));
        return all.build();
    }
}
