package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LossShareTest {
    private final LossShare share = new LossShare();

    @Test
    void shareIsAbsentUntilARecordIsMissing() {
        assertThat(share.percent()).isNull();
        share.add(1_000, 0);
        assertThat(share.percent()).isNull();
        share.add(0, 100);
        assertThat(share.percent()).isEqualTo(10);
    }

    @Test
    void oldLossLosesItsWeight() {
        share.add(500, 500);
        assertThat(share.percent()).isEqualTo(50);
        for (int i = 0; i < 200; i++) {
            share.add(1_000, 0);
        }
        assertThat(share.percent()).isNull();
    }

    @Test
    void oneWrongNumberDoesNotOutweighAllThatCame() {
        share.add(9_000, Long.MAX_VALUE);
        assertThat(share.percent()).isEqualTo(10);
        share.add(0, -5);
        assertThat(share.percent()).isEqualTo(10);
    }
}
