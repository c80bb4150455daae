package dev.weir.policy.replay;

import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CadenceTest {
    private static final long MIDNIGHT_MS = 1_767_225_600_000L;

    @ParameterizedTest
    @CsvSource({
        "0, 1, 60, once",
        "0, 30, 60, hourly",
        "130, 10, 1440, nightly",
        "720, 10, 1440, daily",
        "0, 5, 10080, weekly",
        "0, 40, 15, every 15 min",
        "0, 9, 360, every 6 h",
        "0, 300, 1, continuous",
        "0, 3, 1, one burst",
        "0, 2, 60, irregular"
    })
    void regularBurstsAreNamed(long firstMinute, int count, long everyMinutes, String word) {
        Cadence cadence = new Cadence();
        for (int i = 0; i < count; i++) {
            long start = MIDNIGHT_MS + (firstMinute + i * everyMinutes) * MINUTE + i % 3 * 5_000;
            cadence.add(start, start + 1_000);
        }
        assertThat(cadence.text()).isEqualTo(word);
        assertThat(cadence.count()).isEqualTo(count);
        assertThat(cadence.firstMs()).isEqualTo(MIDNIGHT_MS + firstMinute * MINUTE);
    }

    @ParameterizedTest
    @CsvSource({"7", "11"})
    void noRegularityIsIrregular(long seed) {
        java.util.Random random = new java.util.Random(seed);
        Cadence cadence = new Cadence();
        long at = MIDNIGHT_MS;
        for (int i = 0; i < 200; i++) {
            at += 300_001 + random.nextInt(20_000_000);
            cadence.add(at, at);
        }
        assertThat(cadence.text()).isEqualTo("irregular");
    }
}
