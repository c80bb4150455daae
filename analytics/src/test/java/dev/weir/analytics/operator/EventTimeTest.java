package dev.weir.analytics.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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
    private static final AtomicLong ANSWERS = new AtomicLong();
    private static final Duration IDLENESS = Duration.ofSeconds(15);
    private static final int TICK_MS = 200;

    private final ManualClock clock = new ManualClock();
    private final Output output = new Output();
    private final WatermarkGenerator<RawFlow> partition = EventTime.strategy(
                    Duration.ofSeconds(10), IDLENESS, Duration.ofMinutes(1), ANSWERS::get)
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
    void flowEndsSilence() {
        pass(14_000, true);
        long now = System.currentTimeMillis();
        partition.onEvent(flow(), now, output);
        assertThat(output.watermark).isBetween(now - 11_001, now - 9_999);
        pass(14_000, true);
        assertThat(output.isIdle).isFalse();
    }

    @Test
    void wakingPartitionWaitsForTheOthers() {
        long now = System.currentTimeMillis();
        partition.onEvent(flow(), now - 300_000, output);
        long before = output.watermark;
        pass(16_000, true);
        assertThat(output.isIdle).isTrue();
        partition.onEvent(flow(), now - 120_000, output);
        partition.onEvent(flow(), now - 60_000, output);
        assertThat(output.isIdle).isFalse();
        assertThat(output.watermark).isEqualTo(before);
        pass(1_600, true);
        assertThat(output.watermark).as("of the first").isBetween(now - 131_001, now - 129_999);
        pass(1_600, true);
        assertThat(output.watermark).as("of the latest").isBetween(now - 71_001, now - 69_999);
        partition.onEvent(flow(), now - 30_000, output);
        assertThat(output.watermark).as("at once").isBetween(now - 41_001, now - 39_999);
    }

    @Test
    void timeOfABlockedTaskIsNoSilence() {
        pass(1_000, true);
        clock.ms += 60_000;
        pass(2_000, true);
        assertThat(output.isIdle).isFalse();
    }

    private static RawFlow flow() {
        return new RawFlow(new byte[0], 0, 0);
    }

    private void pass(long ms, boolean answered) {
        for (long passed = 0; passed < ms; passed += TICK_MS) {
            clock.ms += TICK_MS;
            if (answered) {
                ANSWERS.incrementAndGet();
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
