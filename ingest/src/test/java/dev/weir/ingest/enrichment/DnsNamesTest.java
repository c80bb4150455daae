package dev.weir.ingest.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.L7;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DnsNamesTest {
    @Test
    void namesBeyondTheBoundAreEvictedAndCounted() {
        AtomicInteger evicted = new AtomicInteger();
        DnsNames names = new DnsNames(evicted::incrementAndGet);
        int more = 10_000;
        for (int i = 0; i < DnsNames.MAX_NAMES + more; i++) {
            names.learn(answer("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255)));
        }
        await().untilAsserted(() -> assertThat(evicted).hasValue(more));
    }

    private static Flow answer(String client) {
        return Flow.builder()
                .startMs(1_000_000L)
                .endMs(1_000_000L)
                .source(Endpoint.of(client, 40_000))
                .destination(Endpoint.of("10.0.0.53", 53))
                .protocol("UDP")
                .l7(new L7(new L7.Dns("shop.example.org", "A", "NOERROR", List.of("203.0.113.7")), null, null))
                .build();
    }
}
