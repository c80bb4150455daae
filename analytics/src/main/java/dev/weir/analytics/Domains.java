package dev.weir.analytics;

import com.google.common.net.InternetDomainName;
import org.jspecify.annotations.Nullable;

/** Domain names by the list of public suffixes. */
public final class Domains {
    private Domains() {}

    /** The domain that somebody registered; null where the name is none, or is not under a public suffix. */
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
