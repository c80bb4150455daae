package dev.weir.ingest.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReplayFilterTest {
    private long evicted;
    private final ReplayFilter seen = new ReplayFilter(Duration.ofSeconds(5), 0, count -> evicted += count);

    @Test
    void messagesBeyondTheBoundAreForgottenAndCounted() {
        for (int i = 0; i < 3 * ReplayFilter.MOST; i++) {
            assertThat(seen.isAgain(1_000, i)).isFalse();
        }
        assertThat(evicted).isEqualTo(ReplayFilter.MOST);
        seen.reconnected();
        assertThat(seen.isAgain(1_000, 3 * ReplayFilter.MOST - 1)).isTrue();
        assertThat(seen.isAgain(1_000, 0)).as("forgotten").isFalse();
    }

    @Test
    void messagesBeforeTheOverlapAreNotCounted() {
        for (int i = 0; i < 100; i++) {
            assertThat(seen.isAgain(6_000L * i, i)).isFalse();
        }
        assertThat(evicted).isZero();
    }
}
