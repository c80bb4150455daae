package dev.weir.model.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.Activity;
import dev.weir.model.Endpoint;
import dev.weir.model.Entity;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Outside;
import dev.weir.model.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ActivityCodecTest {
    private final ActivityCodec codec = new ActivityCodec();

    @Test
    void randomActivitiesSurvive() {
        RandomActivities activities = new RandomActivities(20261122);
        for (int i = 0; i < 1_000; i++) {
            Activity activity = activities.next();
            Activity decoded = codec.decode(ActivityCodec.encode(activity));
            // Arrays are equal by content only in JSON.
            assertThat(new String(Json.write(decoded), StandardCharsets.UTF_8))
                    .isEqualTo(new String(Json.write(activity), StandardCharsets.UTF_8));
        }
    }

    @Test
    void generatedClassesReadTheSameBytes() throws Exception {
        RandomActivities activities = new RandomActivities(7);
        for (int i = 0; i < 300; i++) {
            Activity activity = activities.next();
            byte[] bytes = ActivityCodec.encode(activity);
            dev.weir.proto.v1.Activity generated = dev.weir.proto.v1.Activity.parseFrom(bytes);
            assertThat(generated.getSliceMs()).isEqualTo(activity.sliceMs());
            assertThat(generated.getVerdict().name())
                    .isEqualTo(activity.verdict().name());
            assertThat(generated.getOutside().name())
                    .isEqualTo("OUTSIDE_" + activity.outside().name());
            assertThat(generated.getStartsMsList()).isEqualTo(activity.startsMs());
            assertThat(generated.getSamplesCount()).isEqualTo(activity.samples().size());
            assertThat(generated.getUnknownFields().asMap()).isEmpty();
            assertThat(generated.getSource().getUnknownFields().asMap()).isEmpty();
            assertThat(Json.write(codec.decode(generated.toByteArray()))).isEqualTo(Json.write(activity));
        }
    }

    @Test
    void activityOfAnEarlierVersionIsOutsideByAddress() throws Exception {
        Activity activity = new RandomActivities(5)
                .next().toBuilder()
                        .destination(new Entity(null, null, null, null, "203.0.113.9", null, null, null))
                        .outside(Outside.NEITHER)
                        .build();
        byte[] earlier = dev.weir.proto.v1.Activity.parseFrom(ActivityCodec.encode(activity)).toBuilder()
                .clearOutside()
                .build()
                .toByteArray();
        assertThat(codec.decode(earlier).outside().isDestination()).isTrue();
    }

    @Test
    void samplesAsReadEqualNamedFlows() throws Exception {
        RandomFlows flows = new RandomFlows(31);
        RandomActivities activities = new RandomActivities(32);
        FlowDecoder decoder = new FlowDecoder();
        int asRead = 0;
        for (int i = 0; i < 1_000; i++) {
            List<FlowSamples.Sample> samples = new ArrayList<>();
            for (int j = 0; j < 3; j++) {
                Flow flow = flows.next();
                byte[] value = j == 2 ? FlowJson.encode(flow) : FlowProto.encode(flow);
                decoder.read(value);
                decoder.read(value);
                FlowCursor.Later later = decoder.read(value).later();
                asRead += later.encoded() == null ? 0 : 1;
                Flow edge = flows.next();
                samples.add(new FlowSamples.Sample(later, new FlowNames(edge)));
            }
            List<Flow> named = List.copyOf(new FlowSamples(samples));
            assertThat(named.get(0).source().workload())
                    .isEqualTo(samples.get(0).named().source().workload());
            byte[] bytes = ActivityCodec.encode(activities.next().toBuilder()
                    .samples(new FlowSamples(samples))
                    .build());
            List<Flow> decoded = codec.decode(bytes).samples();
            for (int j = 0; j < 3; j++) {
                // A cluster that the edge has not found cannot be taken away from a flow as it was read.
                Flow expected = named.get(j).cluster() == null
                                && samples.get(j).flow().encoded() != null
                        ? named.get(j).withCluster(samples.get(j).flow().flow().cluster())
                        : named.get(j);
                assertThat(decoded.get(j)).isEqualTo(expected);
            }
            assertThat(dev.weir.proto.v1.Activity.parseFrom(bytes).getSamplesCount())
                    .isEqualTo(3);
        }
        assertThat(asRead).isGreaterThan(1_000);
    }

    @Test
    void sampleWithManyLabelsKeepsFew() throws Exception {
        Map<String, String> labels = new TreeMap<>();
        for (int i = 0; i < 900; i++) {
            labels.put("key" + (1_000 + i), "v");
        }
        Endpoint source =
                Endpoint.builder().ip("10.0.0.1").port(1).labels(labels).build();
        Flow flow = Flow.of(1, 2, source, Endpoint.of("10.0.0.2", 80), "TCP", Verdict.FORWARDED);
        for (byte[] value : List.of(FlowProto.encode(flow), FlowJson.encode(flow))) {
            FlowCursor.Later later = new FlowDecoder().read(value).later();
            byte[] bytes = ActivityCodec.encode(new RandomActivities(1)
                    .next().toBuilder()
                            .samples(new FlowSamples(List.of(new FlowSamples.Sample(later, new FlowNames(flow)))))
                            .build());
            assertThat(codec.decode(bytes).samples().get(0).source().labels())
                    .hasSize(16)
                    .containsKey("key1015");
        }
    }

    @Test
    void arbitraryBytesAreRejectedAndNothingWorse() {
        Random random = new Random(1);
        byte[] valid = ActivityCodec.encode(new RandomActivities(3).next());
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = valid.clone();
            for (int j = 0; j <= i % 4; j++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(codec.decode(bytes)).isNotNull();
            } catch (InvalidRecordException rejected) {
                assertThat(rejected.field()).isNotEmpty();
            }
        }
        assertThatThrownBy(() -> codec.decode(new byte[0])).hasMessage("source: is missing");
    }
}
