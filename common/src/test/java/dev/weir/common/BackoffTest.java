package dev.weir.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bounds of the pauses. */
class BackoffTest {
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10));

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "4, 8", "5, 10", "2147483647, 10"})
    void pausesDoubleUpToTheLongest(int failures, int seconds) {
        Duration whole = Duration.ofSeconds(seconds);
        assertThat(BACKOFF.after(failures)).isEqualTo(whole);
        for (int i = 0; i < 100; i++) {
            assertThat(BACKOFF.jittered(failures)).isBetween(whole.dividedBy(2), whole);
        }
    }
}
