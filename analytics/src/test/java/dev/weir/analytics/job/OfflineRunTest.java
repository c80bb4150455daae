package dev.weir.analytics.job;

import static dev.weir.analytics.Samples.API;
import static dev.weir.analytics.Samples.DB;
import static dev.weir.analytics.Samples.WEB;
import static dev.weir.analytics.Samples.dbPolicy;
import static dev.weir.analytics.Samples.flow;
import static dev.weir.analytics.Samples.pod;
import static dev.weir.common.Millis.HOUR;
import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.Finding;
import dev.weir.analytics.Limit;
import dev.weir.analytics.correlate.ActorState;
import dev.weir.analytics.correlate.AlertState;
import dev.weir.analytics.correlate.Budget;
import dev.weir.analytics.correlate.CompromisedHost;
import dev.weir.analytics.correlate.Prevalence;
import dev.weir.analytics.correlate.Siblings;
import dev.weir.analytics.correlate.TechniqueGroup;
import dev.weir.analytics.detector.Detector;
import dev.weir.analytics.detector.Detectors;
import dev.weir.analytics.operator.ActivityPart;
import dev.weir.analytics.operator.RawFlow;
import dev.weir.model.Alert;
import dev.weir.model.Baseline;
import dev.weir.model.ContextChange;
import dev.weir.model.Feedback;
import dev.weir.model.Flow;
import dev.weir.model.Rejected;
import dev.weir.model.Verdict;
import dev.weir.model.codec.FlowCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OfflineRunTest {
    private static final AnalyticsConfig CONFIG =
            AnalyticsConfig.defaults().atAnyTime().learning(Duration.ofMinutes(10));

    @Test
    void wholeGraphFindsAttacksAndTwoRunsAgree() throws Exception {
        List<ContextChange> context =
                List.of(pod("web", WEB, 0), pod("api", API, 0), pod("db", DB, 0), dbPolicy(0, "{}"));
        List<byte[]> flows = new ArrayList<>();
        for (int minute = 1; minute <= 30; minute++) {
            flows.add(FlowCodec.encode(flow(minute * 60_000L, API, DB, 5432)));
        }
        flows.add(FlowCodec.encode(flow(1_801_000, WEB, DB, 5432)));
        flows.add(FlowCodec.encode(flow(1_801_500, WEB, DB, 5432)));
        flows.add(FlowCodec.encode(flow(1_802_000, API, WEB, 8080)));
        for (int port = 1; port <= 30; port++) {
            flows.add(FlowCodec.encode(flow(1_803_000 + port, WEB, API, port, Verdict.DROPPED)));
        }
        flows.add(new byte[] {1, 2, 3});
        List<Rejected> rejected = Collections.synchronizedList(new ArrayList<>());
        OfflineRun.Result result = OfflineRun.run(flows.iterator(), context, CONFIG, rejected::add);
        assertThat(result.alerts())
                .extracting(Alert::detector)
                .containsExactlyInAnyOrder(
                        "policy-bypass", "new-edge", "port-scan", "unexplained-drop", "lateral-movement");
        assertThat(result.alerts())
                .filteredOn(alert -> List.of("policy-bypass", "port-scan", "lateral-movement")
                        .contains(alert.detector()))
                .as("what the web does, and that the api got into it before, is one incident")
                .extracting(Alert::incident)
                .doesNotContainNull()
                .containsOnly(result.alerts().get(0).incident());
        assertThat(result.alerts())
                .filteredOn(alert -> alert.detector().equals("policy-bypass"))
                .singleElement()
                .satisfies(alert -> {
                    assertThat(alert.count()).isEqualTo(2);
                    assertThat(alert.policy().decidedBy())
                            .singleElement()
                            .extracting("name")
                            .isEqualTo("db");
                });
        assertThat(rejected).hasSize(1);
        assertThat(result.leftOut()).isEmpty();
        assertThat(OfflineRun.run(flows.iterator(), context, CONFIG, each -> {}).alerts())
                .isEqualTo(result.alerts());
    }

    @Test
    void sourcesOfTheClusterWeighAFinding() throws Exception {
        List<ContextChange> context = new ArrayList<>();
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            String ip = "10.0.9." + i;
            context.add(pod("app" + i, ip, 0));
            for (long ms = 60_000; ms < 4 * HOUR; ms += 5 * MINUTE) {
                flows.add(flow(ms + i * 7_000L, ip, "203.0.113.9", 443));
            }
        }
        for (long ms = HOUR; ms < 4 * HOUR; ms += MINUTE) {
            flows.add(flow(ms, "10.0.9.3", "198.51.100.7", 4444));
        }
        flows.sort(Comparator.comparingLong(Flow::startMs));
        assertThat(OfflineRun.run(flows.stream().map(FlowCodec::encode).iterator(), context, CONFIG, each -> {})
                        .alerts())
                .filteredOn(alert -> alert.detector().equals("beaconing"))
                .singleElement()
                .satisfies(alert -> assertThat(alert.evidence().expected())
                        .containsEntry("cluster_sources", 13.0)
                        .containsEntry("cluster_sources_alike", 0.0));
    }

    @Test
    void emptyInputIsAccepted() throws Exception {
        assertThat(OfflineRun.run(List.<byte[]>of().iterator(), List.of(), CONFIG, each -> {})
                        .alerts())
                .isEmpty();
    }

    @Test
    void limitsThatInventedEndsReachAreInTheResult() throws Exception {
        List<byte[]> flows = new ArrayList<>();
        for (int i = 0; i < 8_000; i++) {
            flows.add(FlowCodec.encode(
                    flow(60_000 + i, "10.1." + i / 256 + "." + i % 256, "10.2." + i / 256 + "." + i % 256, 5432)));
        }
        assertThat(OfflineRun.run(flows.iterator(), List.of(), CONFIG, each -> {})
                        .leftOut())
                .hasEntrySatisfying(
                        Limit.EDGES_MERGED, count -> assertThat(count).isBetween(2_900L, 3_000L));
    }

    @ParameterizedTest
    @MethodSource("typesOnAStream")
    void everyTypeOnStreamOrInStateIsPojo(Class<?> type) {
        TypeInformation<?> information = TypeInformation.of(type);
        assertThat(information).isInstanceOf(PojoTypeInfo.class);
        Configuration noGenerics = new Configuration();
        noGenerics.set(PipelineOptions.GENERIC_TYPES, false);
        assertThat(information.createSerializer(new SerializerConfigImpl(noGenerics)))
                .isInstanceOf(PojoSerializer.class);
    }

    static Stream<Class<?>> typesOnAStream() {
        return Stream.concat(
                Stream.of(
                        RawFlow.class,
                        ContextChange.class,
                        ActivityPart.class,
                        Finding.class,
                        Alert.class,
                        Rejected.class,
                        Feedback.class,
                        Baseline.class,
                        ActorState.class,
                        Budget.class,
                        CompromisedHost.class,
                        AlertState.class,
                        TechniqueGroup.class,
                        Siblings.Usual.class,
                        Prevalence.Users.class,
                        Prevalence.Sources.class),
                Detectors.all(CONFIG.detectors()).stream().map(Detector::stateType));
    }
}
