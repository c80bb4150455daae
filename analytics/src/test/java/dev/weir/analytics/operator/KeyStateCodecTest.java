package dev.weir.analytics.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.detector.Detector;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.Detectors;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyStateCodecTest {
    private static final Map<DetectorScope, List<Detector<?>>> ALL =
            Detectors.all(AnalyticsConfig.defaults().detectors()).stream()
                    .collect(Collectors.groupingBy(Detector::scope));

    private final Random random = new Random(20);

    @ParameterizedTest
    @EnumSource
    void statesOfAllDetectorsAreReadAsWritten(DetectorScope scope) {
        List<Detector<?>> detectors = ALL.get(scope);
        KeyStateCodec codec = new KeyStateCodec(detectors);
        for (int turn = 0; turn < 50; turn++) {
            KeyState state = new KeyState(codec, List.of());
            state.setLastSlice(random.nextInt(1_000_000) * 10_000L, random.nextInt(100));
            for (int i = 0; i < detectors.size(); i++) {
                if (random.nextInt(3) > 0) {
                    state.set(
                            i,
                            detectors
                                    .get(i)
                                    .stateType()
                                    .cast(any(detectors.get(i).stateType())));
                    state.setWake(i, random.nextBoolean() ? KeyState.NEVER : random.nextInt(1_000_000));
                }
            }
            KeyState read = codec.decode(codec.encode(state));
            assertThat(read.lastSliceMs()).isEqualTo(state.lastSliceMs());
            assertThat(read.slices()).isEqualTo(state.slices());
            assertThat(read.wakeMs()).isEqualTo(state.wakeMs());
            assertThat(read.isChanged()).isFalse();
            for (int i = 0; i < detectors.size(); i++) {
                assertThat(read.of(i))
                        .as(detectors.get(i).id())
                        .usingRecursiveComparison()
                        .isEqualTo(state.of(i));
            }
        }
    }

    @Test
    void tagsOfAllDetectorsDiffer() {
        Set<String> ids =
                ALL.values().stream().flatMap(List::stream).map(Detector::id).collect(Collectors.toSet());
        assertThat(ids.stream().map(KeyStateCodec::tag)).doesNotHaveDuplicates();
    }

    @Test
    void partOfDetectorThatIsOffIsKept() {
        List<Detector<?>> detectors = ALL.get(DetectorScope.SOURCE);
        KeyStateCodec codec = new KeyStateCodec(detectors);
        KeyState state = new KeyState(codec, List.of());
        for (int i = 0; i < detectors.size(); i++) {
            state.set(i, any(detectors.get(i).stateType()));
        }
        KeyStateCodec fewer = new KeyStateCodec(detectors.subList(0, 1));
        KeyState read = codec.decode(fewer.encode(fewer.decode(codec.encode(state))));
        for (int i = 0; i < detectors.size(); i++) {
            assertThat(read.of(i)).usingRecursiveComparison().isEqualTo(state.of(i));
        }
    }

    /** {@code beaconing} had the first two components of its state, before it looked inside. */
    @Test
    void componentAppendedSinceIsEmptyInAnOlderState() throws Exception {
        List<Detector<?>> detectors = ALL.get(DetectorScope.SOURCE);
        int beaconing = detectors.stream().map(Detector::id).toList().indexOf("beaconing");
        byte[] older = new CBORMapper().writeValueAsBytes(List.of(123, Map.of()));
        assertThat(new KeyStateCodec(detectors).decodePart(beaconing, older))
                .hasToString("Contacts[sinceMs=123, peers={}, insideSinceMs=0, insidePorts=null]");
    }

    @Test
    void unknownFormIsRefused() {
        KeyStateCodec codec = new KeyStateCodec(ALL.get(DetectorScope.EDGE));
        byte[] value = codec.encode(new KeyState(codec, List.of()));
        value[1] = 9;
        assertThatThrownBy(() -> codec.decode(value))
                .hasMessageContaining("has the form 9, and this Weir reads " + KeyStateCodec.VERSION);
    }

    private Object any(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] of = generic.getActualTypeArguments();
            int size = random.nextInt(4);
            if (generic.getRawType() == List.class) {
                List<Object> list = new ArrayList<>();
                for (int i = 0; i < size; i++) {
                    list.add(any(of[0]));
                }
                return list;
            }
            Map<Object, Object> map = new LinkedHashMap<>();
            for (int i = 0; i < size; i++) {
                map.put(any(of[0]), any(of[1]));
            }
            return map;
        }
        Class<?> simple = (Class<?>) type;
        if (simple.isRecord()) {
            return record(simple);
        }
        if (simple == String.class) {
            return "name-" + random.nextInt(1_000);
        }
        if (simple == byte[].class) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            return bytes;
        }
        if (simple == boolean.class) {
            return random.nextBoolean();
        }
        if (simple == int.class || simple == Integer.class) {
            return random.nextInt(1_000);
        }
        if (simple == long.class || simple == Long.class) {
            return random.nextLong() >>> random.nextInt(60);
        }
        if (simple == double.class || simple == Double.class) {
            return random.nextDouble();
        }
        throw new AssertionError("no value for " + type);
    }

    private Object record(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        try {
            Constructor<?> canonical = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            return canonical.newInstance(Arrays.stream(components)
                    .map(each -> any(each.getGenericType()))
                    .toArray());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(type + " cannot be made", e);
        }
    }
}
