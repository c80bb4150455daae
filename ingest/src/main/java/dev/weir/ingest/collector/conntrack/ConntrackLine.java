package dev.weir.ingest.collector.conntrack;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code conntrack -E} or {@code -L}, with {@code -o timestamp,id}.
 *
 * @param type NEW, UPDATE, DESTROY; null in a listing
 * @param timeMs time of the event in milliseconds since the epoch; 0 in a listing
 * @param state state of TCP or SCTP; null for other protocols, and if the line has none
 * @param original addresses and ports as the connection was opened
 * @param reply addresses and ports of the answers: after address translation they are not those of {@code original}
 * @param replied true if there was any answer
 * @param id id of the connection in the kernel
 * @param lastedS seconds since the connection was opened; null if the kernel keeps no timestamps
 */
record ConntrackLine(
        @Nullable String type,
        long timeMs,
        int protocol,
        @Nullable String state,
        Tuple original,
        Tuple reply,
        boolean replied,
        long id,
        @Nullable Long lastedS) {

    /** One direction of a connection. Counters are null if accounting is off. */
    record Tuple(
            String source,
            String destination,
            @Nullable Integer sourcePort,
            @Nullable Integer destinationPort,
            @Nullable Integer icmpType,
            @Nullable Long packets,
            @Nullable Long bytes) {}

    private static final class Builder {
        @Nullable String source;

        @Nullable String destination;

        @Nullable Integer sourcePort;

        @Nullable Integer destinationPort;

        @Nullable Integer icmpType;

        @Nullable Long packets;

        @Nullable Long bytes;

        @Nullable Tuple build() {
            return source == null || destination == null
                    ? null
                    : new Tuple(source, destination, sourcePort, destinationPort, icmpType, packets, bytes);
        }
    }

    /** Parses a line; returns null if it is neither an event nor an entry of a listing. */
    static @Nullable ConntrackLine parse(String text) {
        String type = null;
        long timeMs = 0;
        int protocol = -1;
        String state = null;
        boolean replied = true;
        long id = -1;
        Long lasted = null;
        Builder original = new Builder();
        Builder reply = new Builder();
        Builder current = original;
        boolean named = false;
        try {
            for (String token : text.strip().split("\\s+")) {
                int equals = token.indexOf('=');
                if (token.startsWith("[")) {
                    String word = token.substring(1, token.endsWith("]") ? token.length() - 1 : token.length());
                    switch (word) {
                        case "NEW", "UPDATE", "DESTROY" -> type = word;
                        case "UNREPLIED" -> replied = false;
                        default -> timeMs = type == null && word.matches("[0-9]+\\.[0-9]+") ? millis(word) : timeMs;
                    }
                } else if (equals > 0) {
                    String value = token.substring(equals + 1);
                    switch (token.substring(0, equals)) {
                        case "src" -> {
                            current = original.source == null ? original : reply;
                            current.source = value;
                        }
                        case "dst" -> current.destination = value;
                        case "sport" -> current.sourcePort = Integer.valueOf(value);
                        case "dport" -> current.destinationPort = Integer.valueOf(value);
                        case "type" -> current.icmpType = Integer.valueOf(value);
                        case "packets" -> current.packets = Long.valueOf(value);
                        case "bytes" -> current.bytes = Long.valueOf(value);
                        // The last id counts; ICMP has ids of its own before it.
                        case "id" -> id = Long.parseLong(value);
                        case "delta-time" -> lasted = Long.valueOf(value);
                        default -> {
                            // Other keys are marks, zones and use counts.
                        }
                    }
                } else if (!named) {
                    named = true;
                } else if (protocol < 0 && token.matches("[0-9]{1,3}")) {
                    protocol = Integer.parseInt(token);
                } else if (token.matches("[A-Z_]+[0-9]*") && original.source == null) {
                    state = token;
                }
            }
        } catch (NumberFormatException e) {
            return null;
        }
        Tuple opened = original.build();
        Tuple answered = reply.build();
        return opened == null || answered == null || protocol < 0 || protocol > 255
                ? null
                : new ConntrackLine(type, timeMs, protocol, state, opened, answered, replied, id, lasted);
    }

    private static long millis(String seconds) {
        return new BigDecimal(seconds).movePointRight(3).longValue();
    }
}
