package dev.weir.analytics.detector.flood;

import dev.weir.common.config.ConfigException;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code flood}.
 *
 * @param connections from one source to one destination within a slice of ten seconds that make a finding
 * @param packets from one source to one destination within such a slice, none answered, that make a finding
 * @param connectionsOfAll from all sources to one destination within such a slice that make a finding
 * @param unanswered connections from all sources to one destination within such a slice, left open, that make a finding
 * @param held connections from one source to one destination, held open at a time with hardly any data, that make a
 *     finding
 * @param requests of HTTP from one source to one destination within such a slice that make a finding
 * @param pings ICMP packets of one source to one destination in ten seconds that make a flood, answered or not
 * @param timesUsual the least multiple of the edge's own usual rate
 */
public record FloodConfig(
        Integer connections,
        Long packets,
        Integer connectionsOfAll,
        Integer unanswered,
        Integer held,
        Integer requests,
        Integer pings,
        Integer timesUsual)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public FloodConfig(
            @Nullable Integer connections,
            @Nullable Long packets,
            @Nullable Integer connectionsOfAll,
            @Nullable Integer unanswered,
            @Nullable Integer held,
            @Nullable Integer requests,
            @Nullable Integer pings,
            @Nullable Integer timesUsual) {
        this.connections = connections == null ? 1_000 : connections;
        this.packets = packets == null ? 20_000 : packets;
        this.connectionsOfAll = connectionsOfAll == null ? 10_000 : connectionsOfAll;
        this.unanswered = unanswered == null ? 1_000 : unanswered;
        this.held = held == null ? 300 : held;
        this.requests = requests == null ? 5_000 : requests;
        this.pings = pings == null ? 2_000 : pings;
        this.timesUsual = timesUsual == null ? 10 : timesUsual;
        if (this.connections < 1
                || this.packets < 1
                || this.connectionsOfAll < 1
                || this.unanswered < 1
                || this.held < 1
                || this.requests < 1
                || this.pings < 1) {
            throw new ConfigException(
                    "flood: connections, packets, connections_of_all, unanswered, held, requests and pings"
                            + " must be at least 1");
        }
    }
}
