package dev.weir.alerting.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LeaseTest {
    private long now = 1_000_000;
    private final InstantSource clock = () -> Instant.ofEpochMilli(now);

    @ParameterizedTest
    @EnumSource
    void oneHasItUntilItIsGoneOrGivesItUp(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            Lease first = new Lease(database, "work", clock);
            Lease second = new Lease(database, "work", clock);
            assertThat(first.isOurs()).isTrue();
            assertThat(second.isOurs()).isFalse();
            assertThat(new Lease(database, "other", clock).isOurs()).isTrue();

            now += Lease.LENGTH.toMillis();
            first.renew();
            now += Lease.LENGTH.toMillis();
            assertThat(second.isOurs()).as("the first renewed it").isFalse();
            now += Lease.LENGTH.toMillis();
            assertThat(second.isOurs()).as("the first is gone").isTrue();
            assertThat(first.isOurs()).isFalse();

            second.release();
            now += 1_000;
            first.renew();
            assertThat(new Lease(database, "work", clock).isOurs())
                    .as("no replica holds it, and a lost lease is not renewed")
                    .isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneOfManyCallersGetsTheLease(Databases kind) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try (Database database = kind.open()) {
            List<Future<Boolean>> asked = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                Lease lease = new Lease(database, "work", clock);
                asked.add(threads.submit(lease::isOurs));
            }
            int had = 0;
            for (Future<Boolean> each : asked) {
                had += each.get() ? 1 : 0;
            }
            assertThat(had).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }
}
