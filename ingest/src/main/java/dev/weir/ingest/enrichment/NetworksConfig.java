package dev.weir.ingest.enrichment;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings for names and countries of addresses outside the cluster.
 *
 * @param databases files in MaxMind's format: ASN, country, city
 * @param lists files of addresses and blocks, one a line, by the name that these get
 */
public record NetworksConfig(List<String> databases, Map<String, String> lists) {
    public NetworksConfig(@Nullable List<String> databases, @Nullable Map<String, String> lists) {
        this.databases = databases == null ? List.of() : List.copyOf(databases);
        this.lists = lists == null ? Map.of() : Map.copyOf(lists);
    }
}
