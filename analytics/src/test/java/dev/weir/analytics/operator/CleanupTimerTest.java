package dev.weir.analytics.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Activity;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CleanupTimerTest {
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();

    private final CleanupTimer cleanup = new CleanupTimer(HOUR_MS);

    @Test
    void timerIsTheNextOnTheGrid() {
        assertThat(cleanup.after(1)).isEqualTo(HOUR_MS);
        assertThat(cleanup.after(HOUR_MS - 1)).isEqualTo(HOUR_MS);
        assertThat(cleanup.after(HOUR_MS)).isEqualTo(2 * HOUR_MS);
        assertThat(cleanup.after(-1)).isZero();
    }

    @Test
    void timerOfASliceIsNoneForCleanup() {
        for (long slice = 0; slice < 2 * HOUR_MS; slice += Activity.SLICE_MS) {
            assertThat(cleanup.isAt(slice + Activity.SLICE_MS - 1)).isFalse();
        }
        assertThat(cleanup.isAt(cleanup.after(12_345))).isTrue();
    }
}
