package dev.weir.policy.dialect.cilium;

import dev.weir.common.Text;
import dev.weir.policy.clause.DomainClause;
import java.util.Locale;
import java.util.regex.Pattern;

/** The patterns of domain names that Cilium's {@code matchPattern} means. */
final class CiliumNames {
    private static final String CHARACTERS = "[-a-z0-9_]*";

    private CiliumNames() {}

    /** A clause for addresses outside whose name matches a pattern. */
    static DomainClause clause(String pattern) {
        return new DomainClause(pattern, regex(pattern));
    }

    /**
     * The names that match a pattern: {@code *} stands for characters of one part of a name, and alone for any name.
     */
    static Pattern regex(String pattern) {
        if (pattern.equals("*")) {
            return Pattern.compile(".*");
        }
        StringBuilder regex = new StringBuilder();
        for (String part : Text.domain(pattern.toLowerCase(Locale.ROOT)).split("\\*", -1)) {
            regex.append(regex.length() == 0 ? "" : CHARACTERS).append(Pattern.quote(part));
        }
        return Pattern.compile(regex.toString());
    }
}
