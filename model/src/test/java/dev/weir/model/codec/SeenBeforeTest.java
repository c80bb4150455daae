package dev.weir.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeenBeforeTest {
    private final SeenBefore seen = new SeenBefore(1 << 12);

    @Test
    void hashIsKnownAtItsSecondAppearance() {
        assertThat(seen.add(7)).isFalse();
        assertThat(seen.add(7)).isTrue();
        assertThat(seen.add(8)).isFalse();
    }

    @Test
    void fewHashesAreKnownAmongManyThatAppearOnce() {
        int known = 0;
        for (int i = 1; i < 100_000; i++) {
            known += seen.add(i) ? 1 : 0;
        }
        assertThat(known).isZero();
    }

    @Test
    void mostHashesOfFewAreKnown() {
        int known = 0;
        for (int turn = 0; turn < 2; turn++) {
            for (int i = 1; i <= 400; i++) {
                known += seen.add(i * 1_000_003) ? 1 : 0;
            }
        }
        assertThat(known).isGreaterThan(330);
    }
}
