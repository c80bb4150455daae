package dev.weir.analytics.detector.dnstunnel;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code dns-tunnel}.
 *
 * @param names different names under one domain within the window that make a finding
 * @param nameLength characters before the domain, on the average, from which names carry data
 * @param bulkyShare or else the share of questions for types that carry data
 * @param window how long a question is remembered
 * @param packets where the exporter sees no names: packets to one server within the window that make a finding
 * @param packetBytes and how large those are on the average, headers and all
 * @param timesUsual how many times as much as is usual there must be
 */
public record DnsTunnelConfig(
        Integer names,
        Double nameLength,
        Double bulkyShare,
        Duration window,
        Integer packets,
        Double packetBytes,
        Integer timesUsual)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public DnsTunnelConfig(
            @Nullable Integer names,
            @Nullable Double nameLength,
            @Nullable Double bulkyShare,
            @Nullable Duration window,
            @Nullable Integer packets,
            @Nullable Double packetBytes,
            @Nullable Integer timesUsual) {
        this.names = names == null ? 50 : names;
        this.nameLength = nameLength == null ? 20 : nameLength;
        this.bulkyShare = bulkyShare == null ? 0.5 : bulkyShare;
        this.window = window == null ? Duration.ofMinutes(10) : window;
        this.packets = packets == null ? 200 : packets;
        this.packetBytes = packetBytes == null ? 110 : packetBytes;
        this.timesUsual = timesUsual == null ? 5 : timesUsual;
    }
}
