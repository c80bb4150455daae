package dev.weir.analytics.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.Finding;
import dev.weir.analytics.correlate.ActorState;
import dev.weir.analytics.correlate.AlertState;
import dev.weir.analytics.correlate.Budget;
import dev.weir.analytics.correlate.CompromisedHost;
import dev.weir.analytics.correlate.Prevalence;
import dev.weir.analytics.correlate.Siblings;
import dev.weir.analytics.correlate.TechniqueGroup;
import dev.weir.analytics.detector.Detector;
import dev.weir.analytics.detector.Detectors;
import dev.weir.model.Alert;
import dev.weir.model.ContextChange;
import dev.weir.model.Feedback;
import java.io.InputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The classes in the job's state are those of its version. */
class StateFormatTest {
    private static final String FILE = "state-v" + StateFormat.VERSION + ".txt";

    private static final List<Class<?>> STATE = List.of(
            ContextChange.class,
            Feedback.class,
            Finding.class,
            Alert.class,
            ActorState.class,
            AlertState.class,
            Budget.class,
            CompromisedHost.class,
            TechniqueGroup.class,
            Siblings.Usual.class,
            Prevalence.Users.class,
            Prevalence.Sources.class);

    @Test
    void classesInStateAreThoseOfTheVersion() throws Exception {
        Map<String, String> classes = new TreeMap<>();
        STATE.forEach(type -> describe(type, classes));
        for (Detector<?> detector : Detectors.all(AnalyticsConfig.defaults().detectors())) {
            describe(detector.stateType(), classes);
        }
        String found = String.join("\n", classes.values()) + "\n";
        try (InputStream file = StateFormatTest.class.getResourceAsStream(FILE)) {
            assertThat(file).as(FILE + ", which would be\n" + found).isNotNull();
            assertThat(found)
                    .as(
                            "a job cannot restore its state when these classes change, unless a component is appended to the"
                                    + " state of a detector: raise StateFormat.VERSION, name the change in the changelog, and let"
                                    + " state-vN.txt of the new version hold the text below")
                    .isEqualTo(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static void describe(Type type, Map<String, String> classes) {
        if (type instanceof ParameterizedType generic) {
            for (Type argument : generic.getActualTypeArguments()) {
                describe(argument, classes);
            }
        } else if (type instanceof Class<?> record && record.isRecord() && !classes.containsKey(record.getName())) {
            classes.put(record.getName(), "");
            RecordComponent[] components = record.getRecordComponents();
            String text = Arrays.stream(components)
                    .map(each -> each.getName() + ": "
                            + each.getGenericType().getTypeName().replaceAll("[a-z0-9]+\\.", ""))
                    .collect(Collectors.joining(", ", record.getName() + "(", ")"));
            classes.put(record.getName(), text);
            for (RecordComponent each : components) {
                describe(each.getGenericType(), classes);
            }
        }
    }
}
