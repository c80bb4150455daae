package dev.weir.alerting.intake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LabelValuesTest {
    @Test
    void aLabelTakesSoManyValuesOnly() {
        LabelValues values = new LabelValues();
        for (int i = 0; i < 500; i++) {
            assertThat(values.of("n" + i)).isEqualTo("n" + i);
        }
        assertThat(values.of("one more")).isEqualTo("other");
        assertThat(values.of("n499")).isEqualTo("n499");
        assertThat(values.of(null)).isEmpty();
    }
}
