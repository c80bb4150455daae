package dev.weir.analytics.operator;

import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Activity;
import org.junit.jupiter.api.Test;

class CleanupTimerTest {
    private final CleanupTimer cleanup = new CleanupTimer(HOUR);

    @Test
    void timerIsTheNextOnTheGrid() {
        assertThat(cleanup.after(1)).isEqualTo(HOUR);
        assertThat(cleanup.after(HOUR - 1)).isEqualTo(HOUR);
        assertThat(cleanup.after(HOUR)).isEqualTo(2 * HOUR);
        assertThat(cleanup.after(-1)).isZero();
    }

    @Test
    void timerOfASliceIsNoneForCleanup() {
        for (long slice = 0; slice < 2 * HOUR; slice += Activity.SLICE_MS) {
            assertThat(cleanup.isAt(slice + Activity.SLICE_MS - 1)).isFalse();
        }
        assertThat(cleanup.isAt(cleanup.after(12_345))).isTrue();
    }
}
