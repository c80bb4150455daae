package dev.weir.analytics.detector.threatlist;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code threat-list}.
 *
 * @param files lists of addresses, networks and domains: plain, CSV, hosts or a STIX 2.1 bundle; read again when they
 *     change
 */
public record ThreatListConfig(List<String> files) implements Serializable {
    private static final long serialVersionUID = 1L;

    public ThreatListConfig(@Nullable List<String> files) {
        this.files = files == null ? List.of() : List.copyOf(files);
    }
}
