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
        return new Flow(
                start,
                start + random.nextInt(100_000),
                endpoint(),
                endpoint(),
                PROTOCOLS[random.nextInt(PROTOCOLS.length)],
                Verdict.values()[random.nextInt(5)],
                maybe(this::word),
                maybe(() -> Direction.values()[random.nextInt(2)]),
                maybe(random::nextBoolean),
                maybe(random::nextBoolean),
                maybe(this::word),
                maybe(this::word),
                maybe(this::word),
                maybe(() -> 1 + random.nextInt(1000)),
                maybe(() -> 1 + random.nextInt(100)),
                maybe(this::word),
                maybe(this::l7));
    }

    private Endpoint endpoint() {
        return new Endpoint(
                random.nextBoolean()
                        ? "10." + random.nextInt(256) + ".0." + random.nextInt(256)
                        : "2001:db8::" + (1 + random.nextInt(9)),
                maybe(() -> random.nextInt(65536)),
                maybe(() -> random.nextLong(1L << 50)),
                maybe(() -> random.nextLong(1L << 40)),
                maybe(() -> random.nextInt(256)),
                maybe(this::word),
                maybe(this::word),
                maybe(this::word),
                maybe(this::word),
                maybe(() -> Map.of(word(), word())),
                maybe(this::word),
                maybe(this::word),
                maybe(() -> List.of(word(), word())),
                maybe(this::word),
                maybe(this::word),
                maybe(this::word));
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
