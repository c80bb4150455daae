package dev.weir.analytics.correlate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FirstUsesTest {
    private static byte[] sketch(List<Integer> sources) {
        byte[] sketch = FirstUses.none();
        for (int each : sources) {
            sketch = FirstUses.with(sketch, "workload/shop/w" + each, each);
        }
        return sketch;
    }

    private static List<Integer> upTo(int most) {
        List<Integer> sources = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            sources.add(i);
        }
        return sources;
    }

    private static List<Double> byTime(byte[] sketch) {
        List<Double> others = new ArrayList<>();
        for (long ms = 0; ms <= 3_000; ms += 10) {
            others.add(FirstUses.others(sketch, "b", ms));
        }
        return others;
    }

    @Test
    void firstUsesOfOthersBeforeATimeAreCounted() {
        byte[] sketch = sketch(upTo(40));
        assertThat(FirstUses.others(sketch, "workload/shop/w99", 40)).isEqualTo(40);
        assertThat(FirstUses.others(sketch, "workload/shop/w3", 40)).isEqualTo(39);
        assertThat(FirstUses.others(sketch, "workload/shop/w30", 10)).isEqualTo(10);
        assertThat(FirstUses.others(sketch, "workload/shop/w3", 0)).isZero();
        assertThat(FirstUses.others(FirstUses.none(), "workload/shop/w3", 40)).isZero();
    }

    @Test
    void firstUsesOfOneSourceCountFromTheEarliest() {
        byte[] sketch = FirstUses.with(FirstUses.none(), "a", 5_000);
        sketch = FirstUses.with(sketch, "a", 100);
        sketch = FirstUses.with(sketch, "a", 9_000);
        assertThat(FirstUses.others(sketch, "b", 101)).isEqualTo(1);
        assertThat(FirstUses.others(sketch, "b", 100)).isZero();
    }

    @Test
    void manyFirstUsesAreEstimatedInAnyOrder() {
        List<Integer> sources = upTo(3_000);
        byte[] sketch = sketch(sources);
        assertThat(sketch).hasSizeLessThan(2_500);
        assertThat(FirstUses.others(sketch, "b", 3_000)).isCloseTo(3_000, within(1_000.0));
        assertThat(FirstUses.others(sketch, "b", 1_000)).isCloseTo(1_000, within(600.0));
        Collections.shuffle(sources, new Random(7));
        assertThat(byTime(sketch(sources))).isEqualTo(byTime(sketch));
        byte[] parts = FirstUses.merged(sketch(sources.subList(0, 900)), sketch(sources.subList(700, 3_000)));
        assertThat(byTime(parts)).isEqualTo(byTime(sketch));
    }
}
