package dev.weir.analytics.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

class EventTimeTest {
    private static final Duration IDLENESS = Duration.ofSeconds(15);
    private static final int TICK_MS = 200;
    private static final long NOW_MS = 1_700_000_000_000L;

    private final AtomicLong answers = new AtomicLong();
    private final ManualClock clock = new ManualClock();
    private final Output output = new Output();
    private final WatermarkGenerator<RawFlow> partition = EventTime.strategy(
                    Duration.ofSeconds(10),
                    IDLENESS,
                    Duration.ofMinutes(1),
                    answers::get,
                    () -> Instant.ofEpochMilli(NOW_MS))
            .createWatermarkGenerator(new OfClock(clock));

    @Test
    void emptyPartitionGoesIdle() {
        pass(14_000, true);
        assertThat(output.isIdle).isFalse();
        pass(2_000, true);
        assertThat(output.isIdle).isTrue();
    }

    @Test
    void partitionHoldsUpTheOthersWhileKafkaIsAway() {
        pass(1_000, true);
        pass(600_000, false);
        assertThat(output.isIdle).isFalse();
        pass(11_000, true);
        assertThat(output.isIdle).as("it may still be read").isFalse();
        pass(5_000, true);
        assertThat(output.isIdle).isTrue();
    }

    @Test
    void taskWithoutAPartitionHoldsUpNoOther() {
        answers.set(AnswerCounter.NOT_READING);
        pass(14_000, false);
        assertThat(output.isIdle).isFalse();
        pass(2_000, false);
        assertThat(output.isIdle).isTrue();
    }

    @Test
    void flowEndsSilence() {
        pass(14_000, true);
        partition.onEvent(flow(), NOW_MS, output);
        assertThat(output.watermark).isEqualTo(NOW_MS - 10_001);
        pass(14_000, true);
        assertThat(output.isIdle).isFalse();
    }

    @Test
    void wakingPartitionWaitsForTheOthers() {
        partition.onEvent(flow(), NOW_MS - 300_000, output);
        long before = output.watermark;
        pass(16_000, true);
        assertThat(output.isIdle).isTrue();
        partition.onEvent(flow(), NOW_MS - 120_000, output);
        partition.onEvent(flow(), NOW_MS - 60_000, output);
        assertThat(output.isIdle).isFalse();
        assertThat(output.watermark).isEqualTo(before);
        pass(1_600, true);
        assertThat(output.watermark).as("of the first").isEqualTo(NOW_MS - 130_001);
        pass(1_600, true);
        assertThat(output.watermark).as("of the latest").isEqualTo(NOW_MS - 70_001);
        partition.onEvent(flow(), NOW_MS - 30_000, output);
        assertThat(output.watermark).as("at once").isEqualTo(NOW_MS - 40_001);
    }

    @Test
    void timeOfABlockedTaskIsNoSilence() {
        pass(1_000, true);
        clock.ms += 60_000;
        pass(2_000, true);
        assertThat(output.isIdle).isFalse();
    }

    @Test
    void fastClockOfAnExporterIsBounded() {
        partition.onEvent(flow(), NOW_MS + 60_000, output);
        assertThat(output.watermark).as("as if it came now").isEqualTo(NOW_MS - 10_001);
        partition.onEvent(flow(), NOW_MS + 60_001, output);
        assertThat(output.watermark).as("from the future").isEqualTo(NOW_MS - 10_001);
    }

    private static RawFlow flow() {
        return new RawFlow(new byte[0], 0, 0);
    }

    private void pass(long ms, boolean answered) {
        for (long passed = 0; passed < ms; passed += TICK_MS) {
            clock.ms += TICK_MS;
            if (answered) {
                answers.incrementAndGet();
            }
            partition.onPeriodicEmit(output);
        }
    }

    private static final class ManualClock implements RelativeClock {
        private long ms = 1_000_000;

        @Override
        public long relativeTimeMillis() {
            return ms;
        }

        @Override
        public long relativeTimeNanos() {
            return ms * 1_000_000;
        }
    }

    private record OfClock(RelativeClock getInputActivityClock) implements WatermarkGeneratorSupplier.Context {
        @Override
        public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
        }
    }

    private static final class Output implements WatermarkOutput {
        private long watermark = Long.MIN_VALUE;
        private boolean isIdle;

        @Override
        public void emitWatermark(Watermark mark) {
            watermark = mark.getTimestamp();
            isIdle = false;
        }

        @Override
        public void markIdle() {
            isIdle = true;
        }

        @Override
        public void markActive() {
            isIdle = false;
        }
    }
}
