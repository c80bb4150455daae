package dev.weir.model.codec;

import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import dev.weir.model.Entity;
import dev.weir.model.Expected;
import dev.weir.model.Flow;
import dev.weir.model.HttpRequests;
import dev.weir.model.Outside;
import dev.weir.model.PolicyRef;
import dev.weir.model.Span;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Random activities in which every field is now present, now absent, from a seed. */
final class RandomActivities {
    private final Random random;
    private final RandomFlows flows;

    RandomActivities(long seed) {
        this.random = new Random(seed);
        this.flows = new RandomFlows(seed);
    }

    Activity next() {
        Flow flow = flows.next();
        return Activity.builder()
                .sliceMs(Activity.sliceOf(flow.endMs()))
                .cluster(flow.cluster())
                .source(Entity.of(flow.source()))
                .destination(Entity.of(flow.destination()))
                .port(flow.destination().port())
                .protocol(flow.protocol())
                .verdict(flow.verdict())
                .expected(maybe(() -> Expected.values()[random.nextInt(4)]))
                .outcome(maybe(() -> "policy-bypass"))
                .decidedBy(some(
                        () -> new PolicyRef("NetworkPolicy", maybe(() -> "shop"), "db", maybe(() -> "ingress[0]"))))
                .connections(count())
                .established(count())
                .refused(count())
                .unanswered(count())
                .bytesSent(maybe(this::count))
                .bytesReceived(maybe(this::count))
                .packetsSent(maybe(this::count))
                .packetsReceived(maybe(this::count))
                .firstSeenMs(flow.startMs())
                .lastSeenMs(flow.endMs())
                .startsMs(some(() -> random.nextInt(10_000)))
                .spans(some(() -> span()))
                .sampling(1 + random.nextInt(50))
                .lostPercent(random.nextInt(100))
                .cleartext(count())
                .dns(some(() -> new DnsQueries("example.org", count(), count(), count(), count(), sketch())))
                .requestsAlone(count())
                .http(maybe(() -> new HttpRequests(count(), count(), count(), sketch())))
                .samples(some(flows::next))
                .outside(Outside.values()[random.nextInt(4)])
                .build();
    }

    private long count() {
        return random.nextLong(1L << 40);
    }

    private byte[] sketch() {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return bytes;
    }

    private <T> List<T> some(Supplier<T> each) {
        return Stream.generate(each).limit(random.nextInt(4)).toList();
    }

    private <T> @Nullable T maybe(Supplier<T> value) {
        return random.nextBoolean() ? value.get() : null;
    }

    /** A span of at least as many connections as are established. */
    private Span span() {
        long established = count();
        return new Span(
                2 + random.nextInt(100), established + count(), established, count(), count(), count(), count());
    }
}
