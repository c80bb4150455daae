package dev.weir.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Checks how much of a disk may be written. */
class DiskGuardTest {
    private static final long MB = 1 << 20;
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong usable = new AtomicLong();
    private final AtomicLong nanos = new AtomicLong(-5);

    @Test
    void shareOfTheDiskIsKeptFree() {
        DiskGuard room = room(1_000 * MB, 5);
        usable.set(80 * MB);
        assertThat(room.room()).isEqualTo(80 * MB - room.kept());
        usable.set(40 * MB);
        nanos.addAndGet(SECOND);
        assertThat(room.room()).isNegative();
        usable.set(500 * MB);
        nanos.addAndGet(SECOND);
        assertThat(room.room()).isPositive();
    }

    @Test
    void diskIsNotQueriedForEveryFlow() {
        DiskGuard room = room(1_000 * MB, 5);
        usable.set(80 * MB);
        room.room();
        usable.set(0);
        assertThat(room.room()).isPositive();
    }

    @Test
    void atMostTwoGigabytesAreKeptFree() {
        assertThat(room(10_000_000 * MB, 5).kept()).isEqualTo(2_048 * MB);
        assertThat(room(10_000 * MB, 0).kept()).isZero();
    }

    private DiskGuard room(long total, int percent) {
        return new DiskGuard("data", usable::get, total, percent, nanos::get);
    }
}
