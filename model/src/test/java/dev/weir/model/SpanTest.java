package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpanTest {
    @ParameterizedTest
    @CsvSource({
        "0, 1",
        "10000, 1",
        "10001, 2",
        "60000, 6",
        "80000, 8",
        "80001, 10",
        "160000, 16",
        "160001, 20",
        "3600000, 384",
        "99999999999, 262144",
        "-5, 1"
    })
    void flowCoversTheSlicesOfItsDuration(long lastedMs, int slices) {
        assertThat(Span.slices(1_000, 1_000 + lastedMs)).isEqualTo(slices);
    }

    @Test
    void lengthsAreFewAndAQuarterTooLongAtMost() {
        Set<Integer> lengths = new HashSet<>();
        for (long exact = 1; exact <= 1 << 18; exact++) {
            int slices = Span.slices(0, exact * Activity.SLICE_MS);
            assertThat(slices).isBetween((int) exact, (int) (exact + exact / 4));
            lengths.add(slices);
        }
        assertThat(lengths).hasSizeLessThanOrEqualTo(68);
    }
}
