package dev.weir.model.codec;

import dev.weir.model.Direction;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.L7;
import dev.weir.model.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/** Random flows in which every field is now present, now absent, from a seed. */
final class RandomFlows {
    private static final String[] PROTOCOLS = {"TCP", "UDP", "SCTP", "ICMP", "ICMPV6", "47"};

    private final Random random;

    RandomFlows(long seed) {
        this.random = new Random(seed);
    }

    Flow next() {
        long start = 1 + random.nextLong(2_000_000_000_000L);
        return Flow.builder()
                .startMs(start)
                .endMs(start + random.nextInt(100_000))
                .source(endpoint())
                .destination(endpoint())
                .protocol(PROTOCOLS[random.nextInt(PROTOCOLS.length)])
                .verdict(Verdict.values()[random.nextInt(5)])
                .dropReason(maybe(this::word))
                .direction(maybe(() -> Direction.values()[random.nextInt(2)]))
                .isReply(maybe(random::nextBoolean))
                .encrypted(maybe(random::nextBoolean))
                .cluster(maybe(this::word))
                .reporter(maybe(this::word))
                .collector(maybe(this::word))
                .sampling(maybe(() -> 1 + random.nextInt(1000)))
                .lostPercent(maybe(() -> 1 + random.nextInt(100)))
                .tunnel(maybe(this::word))
                .l7(maybe(this::l7))
                .build();
    }

    private Endpoint endpoint() {
        return Endpoint.builder()
                .ip(
                        random.nextBoolean()
                                ? "10." + random.nextInt(256) + ".0." + random.nextInt(256)
                                : "2001:db8::" + (1 + random.nextInt(9)))
                .port(maybe(() -> random.nextInt(65536)))
                .bytes(maybe(() -> random.nextLong(1L << 50)))
                .packets(maybe(() -> random.nextLong(1L << 40)))
                .tcpFlags(maybe(() -> random.nextInt(256)))
                .namespace(maybe(this::word))
                .pod(maybe(this::word))
                .workload(maybe(this::word))
                .workloadKind(maybe(this::word))
                .labels(maybe(() -> Map.of(word(), word())))
                .node(maybe(this::word))
                .service(maybe(this::word))
                .names(maybe(() -> List.of(word(), word())))
                .zone(maybe(this::word))
                .network(maybe(this::word))
                .country(maybe(this::word))
                .build();
    }

    private L7 l7() {
        return new L7(
                maybe(() -> new L7.Dns(
                        maybe(this::word), maybe(this::word), maybe(this::word), maybe(() -> List.of(word())))),
                maybe(() -> new L7.Http(
                        maybe(this::word),
                        maybe(this::word),
                        maybe(this::word),
                        maybe(() -> 100 + random.nextInt(500)))),
                maybe(() -> new L7.Tls(maybe(this::word))));
    }

    private String word() {
        String[] words = {"web", "größe", "日本", "a\"b\\c", "x-1", "line\nend", "db.shop.svc"};
        return words[random.nextInt(words.length)] + random.nextInt(100);
    }

    @SuppressWarnings("NullAway") // null is one of the values wanted
    private <T> T maybe(Supplier<T> value) {
        return random.nextBoolean() ? value.get() : null;
    }
}
