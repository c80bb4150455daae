package dev.weir.ingest.collector.hubble;

import dev.weir.common.config.ConfigException;
import dev.weir.ingest.proto.hubble.FlowFilter;
import dev.weir.ingest.proto.hubble.Verdict;
import java.util.List;
import java.util.Locale;

/**
 * Parses filters: conditions with commas between, all of which must hold, such as {@code from-pod=shop/,port=5432}. The
 * words are those of {@code hubble observe}.
 */
final class FilterParser {
    private static final String WORDS =
            "from-ip, to-ip, from-pod, to-pod, from-label, to-label, verdict, protocol, port, node";

    private FilterParser() {}

    /**
     * Parses one filter.
     *
     * @throws ConfigException if a word or a value is unknown; it names the word
     */
    static FlowFilter parse(String text) {
        FlowFilter.Builder filter = FlowFilter.newBuilder();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String word = equals < 0 ? part : part.substring(0, equals).strip();
            String value = equals < 0 ? "" : part.substring(equals + 1).strip();
            if (value.isEmpty()) {
                throw new ConfigException("filter '" + text + "': '" + part + "' is not word=value");
            }
            switch (word) {
                case "from-ip" -> filter.addSourceIp(value);
                case "to-ip" -> filter.addDestinationIp(value);
                case "from-pod" -> filter.addSourcePod(value);
                case "to-pod" -> filter.addDestinationPod(value);
                case "from-label" -> filter.addSourceLabel(value);
                case "to-label" -> filter.addDestinationLabel(value);
                case "verdict" -> filter.addVerdict(verdict(text, value));
                case "protocol" -> filter.addProtocol(value);
                case "port" -> filter.addDestinationPort(value);
                case "node" -> filter.addNodeName(value);
                default -> throw new ConfigException("filter '" + text + "': '" + word + "' is none of " + WORDS);
            }
        }
        return filter.build();
    }

    static List<FlowFilter> parse(List<String> texts) {
        return texts.stream().map(FilterParser::parse).toList();
    }

    private static Verdict verdict(String text, String value) {
        try {
            return Verdict.valueOf(value.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new ConfigException("filter '" + text + "': '" + value + "' is no verdict");
        }
    }
}
