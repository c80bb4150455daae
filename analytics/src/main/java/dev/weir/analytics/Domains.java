package dev.weir.analytics;

import com.google.common.net.InternetDomainName;
import org.jspecify.annotations.Nullable;

/** Splits domain names by the list of public suffixes. */
public final class Domains {
    private Domains() {}

    /**
     * The registered domain of a name, one label below a public suffix; null if the name is not a domain name, or not
     * under a public suffix.
     */
    public static @Nullable String registered(String name) {
        try {
            InternetDomainName domain = InternetDomainName.from(name);
            return domain.isUnderPublicSuffix() ? domain.topPrivateDomain().toString() : null;
        } catch (IllegalArgumentException notAName) {
            // Tunnels put any bytes into names.
            return null;
        }
    }
}
