package dev.weir.analytics.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.detector.Detector;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.Detectors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyStatesTest {
    private static final List<Detector<?>> DETECTORS = Detectors.all(
                    AnalyticsConfig.defaults().detectors())
            .stream()
            .filter(each -> each.scope() == DetectorScope.EDGE)
            .toList();

    private final Map<String, byte[]> stored = new HashMap<>();
    private final List<String> written = new ArrayList<>();
    private final List<Long> timersRemoved = new ArrayList<>();
    private final Counter evicted = new SimpleCounter();
    private final KeyStateCodec codec = new KeyStateCodec(DETECTORS);
    private final KeyStates states = new KeyStates(codec, new MapStore(), 4_000, Long.MAX_VALUE, evicted);

    private final class MapStore implements KeyStates.Store {
        @Override
        public byte @Nullable [] read(String key) {
            return stored.get(key);
        }

        @Override
        public void write(String key, byte[] value) {
            written.add(key);
            stored.put(key, value);
        }

        @Override
        public void remove(String key, long timerMs) {
            stored.remove(key);
            timersRemoved.add(timerMs);
        }

        @Override
        public List<String> keys() {
            return List.copyOf(stored.keySet());
        }
    }

    private KeyState state(long slice) {
        KeyState state = new KeyState(codec, List.of());
        state.countSlice(slice);
        return state;
    }

    @Test
    void stateIsWrittenWhenItMakesRoom() throws Exception {
        for (int i = 0; i < 4; i++) {
            states.add("key" + i, state(i * 10_000L));
        }
        assertThat(written).as("four states of unknown size do not fit").containsExactly("key0");
        assertThat(states.size()).isEqualTo(3);
        assertThat(states.find("key0").lastSliceMs()).isZero();
        assertThat(states.find("key2").lastSliceMs()).isEqualTo(20_000);
        assertThat(states.find("key9")).isNull();
    }

    @Test
    void onlyChangedStatesAreWrittenAtCheckpoints() throws Exception {
        states.add("a", state(0));
        states.add("b", state(10_000));
        states.flush();
        assertThat(written).containsExactlyInAnyOrder("a", "b");
        states.find("b").countSlice(20_000);
        states.flush();
        assertThat(written).hasSize(3).endsWith("b");
        states.flush();
        assertThat(written).hasSize(3);
        assertThat(new KeyStates(codec, new MapStore(), 0, Long.MAX_VALUE, evicted)
                        .find("b")
                        .lastSliceMs())
                .isEqualTo(20_000);
    }

    @Test
    void removedStateIsGoneEverywhere() throws Exception {
        states.add("a", state(0));
        states.flush();
        states.remove("a", states.find("a"));
        assertThat(states.find("a")).isNull();
        assertThat(stored).isEmpty();
        assertThat(states.size()).isZero();
    }

    @Test
    void fullStateLosesKeysOfFewSlicesFirst() throws Exception {
        KeyStates bounded = new KeyStates(codec, new MapStore(), 1_000, 20_000, evicted);
        KeyState old = state(0);
        for (int i = 1; i < 10; i++) {
            old.countSlice(i * 10_000L);
        }
        bounded.add("old", old);
        for (int i = 100; i < 200; i++) {
            KeyState state = state(i * 10_000L);
            state.setTimer(i);
            bounded.add("new" + i, state);
            assertThat(bounded.bytes()).isLessThanOrEqualTo(20_000);
        }
        assertThat(bounded.find("old").slices()).isEqualTo(10);
        assertThat(bounded.find("new100")).isNull();
        assertThat(bounded.find("new199")).isNotNull();
        assertThat(timersRemoved).contains(100L).hasSize((int) evicted.getCount());
        bounded.flush();
        assertThat(stored).hasSize(101 - (int) evicted.getCount());

        KeyStates restored = new KeyStates(codec, new MapStore(), 1_000, 10_000, evicted);
        restored.restore();
        assertThat(restored.bytes()).isLessThanOrEqualTo(10_000).isGreaterThan(5_000);
        assertThat(restored.find("old")).isNotNull();
        for (String key : List.copyOf(stored.keySet())) {
            restored.remove(key, restored.find(key));
        }
        assertThat(restored.bytes()).isZero();
    }

    @Test
    void stateThatChangesOftenIsWeighedAgain() throws Exception {
        states.add("a", state(0));
        for (int i = 1; i < 64; i++) {
            states.find("a").countSlice(i * 10_000L);
        }
        assertThat(written).isEmpty();
        states.find("a");
        assertThat(written).containsExactly("a");
    }
}
