package dev.weir.ingest.collector.pcap;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the {@code pcap} collector.
 *
 * @param paths capture files, read once each at the start
 * @param networkInterface interface for live capture by {@code tcpdump}; null for none
 * @param filter filter for live capture, in tcpdump's syntax
 * @param capacity number of flows that are aggregated at a time
 */
public record PcapConfig(
        List<String> paths,
        @Nullable String networkInterface,
        @Nullable String filter,
        Integer capacity) {
    public PcapConfig(
            @Nullable List<String> paths,
            @Nullable String networkInterface,
            @Nullable String filter,
            @Nullable Integer capacity) {
        this.paths = paths == null ? List.of() : List.copyOf(paths);
        this.networkInterface = networkInterface;
        this.filter = filter;
        this.capacity = capacity == null ? 100_000 : capacity;
    }
}
