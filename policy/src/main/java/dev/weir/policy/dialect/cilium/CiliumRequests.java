package dev.weir.policy.dialect.cilium;

import dev.weir.common.Text;
import dev.weir.model.L7;
import dev.weir.policy.Holds;
import dev.weir.policy.RequestClause;
import dev.weir.policy.clause.DomainClause;
import dev.weir.policy.clause.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** The conditions on requests that stand in {@code toPorts[].rules}. */
final class CiliumRequests {
    private static final String UNREAD = "what the proxy tests of requests is not in the record";

    private CiliumRequests() {}

    /**
     * One rule about HTTP; a part that is null matches anything.
     *
     * @param hasMore true if it tests headers, which no record holds
     */
    private record HttpRule(
            @Nullable Pattern method,
            @Nullable Pattern host,
            @Nullable Pattern path,
            boolean hasMore) {
        Holds holds(L7.Http http) {
            Holds holds =
                    holds(method, http.method()).and(holds(host, http.host())).and(holds(path, http.path()));
            return hasMore ? holds.and(Holds.UNKNOWN) : holds;
        }

        private static Holds holds(@Nullable Pattern pattern, @Nullable String value) {
            if (pattern == null) {
                return Holds.YES;
            }
            return value == null
                    ? Holds.UNKNOWN
                    : Holds.of(pattern.matcher(value).matches());
        }
    }

    private record HttpClause(List<HttpRule> rules) implements RequestClause {
        @Override
        public Holds holds(@Nullable L7 l7) {
            L7.Http http = l7 == null ? null : l7.http();
            if (http == null) {
                return Holds.UNKNOWN;
            }
            Holds holds = Holds.NO;
            for (HttpRule rule : rules) {
                holds = holds.or(rule.holds(http));
            }
            return holds;
        }

        @Override
        public String reason(Holds answer) {
            return answer == Holds.NO
                    ? "no HTTP rule matches the request"
                    : "the record does not hold all of the HTTP request, which HTTP rules test";
        }
    }

    private record DnsClause(List<Pattern> names) implements RequestClause {
        @Override
        public Holds holds(@Nullable L7 l7) {
            String query = l7 == null || l7.dns() == null ? null : l7.dns().query();
            return query == null
                    ? Holds.UNKNOWN
                    : Holds.of(names.stream()
                            .anyMatch(name -> name.matcher(Text.domain(query)).matches()));
        }

        @Override
        public String reason(Holds answer) {
            return answer == Holds.NO
                    ? "no DNS rule matches the name that is asked for"
                    : "the record does not hold the name that is asked for, which DNS rules test";
        }

        /** The DNS proxy refuses names that no rule matches, even where another rule allows the port. */
        @Override
        public boolean isBindingOthers() {
            return true;
        }
    }

    private record Unread() implements RequestClause {
        @Override
        public Holds holds(@Nullable L7 l7) {
            return Holds.UNKNOWN;
        }

        @Override
        public String reason(Holds answer) {
            return UNREAD;
        }
    }

    /** Parses the conditions of an entry of {@code toPorts}; null if any request is allowed. */
    static @Nullable RequestClause parse(Fields toPorts) {
        Fields rules = toPorts.child("rules");
        List<String> sorts = rules.absent()
                ? List.of()
                : rules.allowOnly("http", "kafka", "dns", "l7proto", "l7").present();
        boolean isNamed = !toPorts.child("serverNames").elements().isEmpty();
        if (sorts.stream().filter(sort -> !sort.equals("l7proto")).count() > 1) {
            throw rules.invalid("holds more than one of http, kafka, dns and l7");
        }
        if (isNamed && !sorts.isEmpty()) {
            throw toPorts.child("serverNames").invalid("cannot go with rules about requests");
        }
        if (sorts.contains("http")) {
            return http(rules.child("http"));
        }
        if (sorts.contains("dns")) {
            return dns(rules.child("dns"));
        }
        boolean isAny = sorts.contains("kafka") && isAnything(rules.child("kafka"));
        return isNamed || !sorts.isEmpty() && !isAny ? new Unread() : null;
    }

    private static boolean isAnything(Fields rules) {
        List<Fields> each = rules.elements();
        return each.isEmpty() || each.stream().anyMatch(rule -> rule.present().isEmpty());
    }

    private static @Nullable RequestClause http(Fields http) {
        List<HttpRule> rules = new ArrayList<>();
        for (Fields rule : http.elements()) {
            rule.allowOnly("method", "path", "host", "headers", "headerMatches");
            rules.add(new HttpRule(
                    regex(rule.child("method")),
                    regex(rule.child("host")),
                    regex(rule.child("path")),
                    !rule.child("headers").absent()
                            || !rule.child("headerMatches").absent()));
        }
        return isAnything(http) ? null : new HttpClause(List.copyOf(rules));
    }

    private static @Nullable Pattern regex(Fields field) {
        if (field.absent() || field.text().isEmpty()) {
            return null;
        }
        try {
            return Pattern.compile(field.text());
        } catch (PatternSyntaxException e) {
            throw field.invalid("'" + field.text() + "' is not a regular expression");
        }
    }

    private static @Nullable RequestClause dns(Fields dns) {
        List<Pattern> names = new ArrayList<>();
        for (Fields rule : dns.elements()) {
            Fields pattern = rule.allowOnly("matchName", "matchPattern").child("matchPattern");
            Fields name = rule.child("matchName");
            if (!pattern.absent() && pattern.text().equals("*")) {
                return null;
            }
            if (!name.absent()) {
                names.add(DomainClause.ofName(name.text()).regex());
            }
            if (!pattern.absent()) {
                names.add(CiliumNames.regex(pattern.text()));
            }
        }
        return names.isEmpty() ? null : new DnsClause(List.copyOf(names));
    }
}
