package dev.weir.analytics.detector.dnstunnel;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code dns-tunnel}.
 *
 * @param names different names under one domain within the window that make a finding
 * @param nameLength the least mean number of characters before the domain for names to carry data
 * @param bulkyShare or else the least share of questions for record types that carry data
 * @param window how long a question is remembered
 * @param slowLength the same number of characters where as many names are spread over {@code slowWindow}; of longer
 *     names as many make a finding as carry as much, half of them at least
 * @param slowWindow the time of a slow tunnel
 * @param packets packets to one server within the window that make a finding, where the exporter sees no names
 * @param packetBytes the least mean size of those packets, with headers
 * @param answerBytes the least mean size of an answer, with headers, that carries data
 * @param timesUsual the least multiple of the usual rate
 */
public record DnsTunnelConfig(
        Integer names,
        Double nameLength,
        Double bulkyShare,
        Duration window,
        Double slowLength,
        Duration slowWindow,
        Integer packets,
        Double packetBytes,
        Double answerBytes,
        Integer timesUsual)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public DnsTunnelConfig(
            @Nullable Integer names,
            @Nullable Double nameLength,
            @Nullable Double bulkyShare,
            @Nullable Duration window,
            @Nullable Double slowLength,
            @Nullable Duration slowWindow,
            @Nullable Integer packets,
            @Nullable Double packetBytes,
            @Nullable Double answerBytes,
            @Nullable Integer timesUsual) {
        this.names = names == null ? 50 : names;
        this.nameLength = nameLength == null ? 20 : nameLength;
        this.bulkyShare = bulkyShare == null ? 0.5 : bulkyShare;
        this.window = window == null ? Duration.ofMinutes(10) : window;
        this.slowLength = slowLength == null ? 35 : slowLength;
        this.slowWindow = slowWindow == null ? Duration.ofHours(1) : slowWindow;
        this.packets = packets == null ? 200 : packets;
        this.packetBytes = packetBytes == null ? 110 : packetBytes;
        this.answerBytes = answerBytes == null ? 350 : answerBytes;
        this.timesUsual = timesUsual == null ? 5 : timesUsual;
    }
}
