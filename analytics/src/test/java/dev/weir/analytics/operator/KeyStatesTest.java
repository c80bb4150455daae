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
    private final KeyStateCodec codec = new KeyStateCodec(DETECTORS);
    private final KeyStates states = new KeyStates(codec, new MapStore(), 1_000);

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
        public void remove(String key) {
            stored.remove(key);
        }
    }

    private KeyState state(long slice) {
        KeyState state = new KeyState(codec, List.of());
        state.setLastSlice(slice);
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
        states.find("b").setLastSlice(20_000);
        states.flush();
        assertThat(written).hasSize(3).endsWith("b");
        states.flush();
        assertThat(written).hasSize(3);
        assertThat(new KeyStates(codec, new MapStore(), 0).find("b").lastSliceMs())
                .isEqualTo(20_000);
    }

    @Test
    void removedStateIsGoneEverywhere() throws Exception {
        states.add("a", state(0));
        states.flush();
        states.remove("a");
        assertThat(states.find("a")).isNull();
        assertThat(stored).isEmpty();
        assertThat(states.size()).isZero();
    }

    @Test
    void stateThatChangesOftenIsWeighedAgain() throws Exception {
        states.add("a", state(0));
        for (int i = 1; i < 64; i++) {
            states.find("a").setLastSlice(i * 10_000L);
        }
        assertThat(written).isEmpty();
        states.find("a");
        assertThat(written).containsExactly("a");
    }
}
