package dev.weir.analytics.operator;

import dev.weir.model.Activity;
import dev.weir.model.Flow;
import dev.weir.model.codec.FlowCodec;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.util.clock.RelativeClock;
import org.jspecify.annotations.Nullable;

/**
 * Event time of flows: when they ended. The watermark moves with each flow rather than with the clock, so that which flow
 * is late does not depend on how fast a file is read; and a flow from the future does not move it at all.
 */
public final class EventTime {
    /** Steps in which the watermark moves: finer ones would only cost. */
    private static final long STEP_MS = 1_000;

    private EventTime() {}

    /**
     * Of recorded flows, which stand in the order in which they began as often as in that in which they ended. Time has come
     * as far as the newest beginning: one flow that lasts for hours makes none that follow it late.
     *
     * @param outOfOrderness how much later than its successors a flow may come
     */
    public static WatermarkStrategy<RawFlow> recorded(Duration outOfOrderness) {
        return WatermarkStrategy.<RawFlow>forGenerator(
                        context -> new Generator(outOfOrderness.toMillis(), Duration.ofSeconds(-1), null))
                .withTimestampAssigner((raw, recorded) -> FlowCodec.peekStart(raw.value()));
    }

    /**
     * Of flows as they come.
     *
     * @param outOfOrderness how much later than its successors a flow may come
     * @param idleness silence after which a partition holds up no other; zero for never
     * @param maxClockSkew how far ahead of the clock a flow may be; negative for no bound
     * @param answers of the system that holds the partitions
     */
    public static WatermarkStrategy<RawFlow> strategy(
            Duration outOfOrderness, Duration idleness, Duration maxClockSkew, Answers answers) {
        return WatermarkStrategy.<RawFlow>forGenerator(context -> new Generator(
                        outOfOrderness.toMillis(),
                        maxClockSkew,
                        idleness.isZero() ? null : new Silence(idleness, answers, context.getInputActivityClock())))
                .withTimestampAssigner((raw, kafka) -> FlowCodec.peekTime(raw.value()));
    }

    /** Of a source that says nothing about how far time has come, and holds up no other. */
    public static <T> WatermarkStrategy<T> none() {
        return WatermarkStrategy.forGenerator(context -> new Idle<>());
    }

    /**
     * The last millisecond of the slice in which something is taken up.
     *
     * @param recordMs the record's time; null when it has none
     * @param seenMs when what it tells of was last seen
     */
    static long sliceEnd(@Nullable Long recordMs, long seenMs) {
        long from = recordMs == null ? seenMs : Math.max(recordMs, seenMs);
        return Activity.sliceOf(from) + Activity.SLICE_MS - 1;
    }

    private static final class Idle<T> implements WatermarkGenerator<T> {
        @Override
        public void onEvent(T event, long timestamp, WatermarkOutput output) {}

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            output.markIdle();
        }
    }

    /**
     * For how long a partition has been silent. Time counts only while answers come: when Kafka is away all partitions are silent, and the
     * first that is read again must not make the flows of the others late.
     */
    static final class Silence {
        /** Answers come at least so often, whether there are records or not: twice a second by Kafka's default. */
        private static final long ANSWERED_MS = 2_000;
        /** What passes at most between two looks; more than that is a task that was held up. */
        private static final long LONGEST_STEP_MS = 1_000;

        private final long idlenessMs;
        private final Answers answers;
        private final RelativeClock clock;
        private long counted;
        private long countedMs;
        private long lookedMs;
        private long silentMs;

        /** @param clock stands still while the task takes nothing in */
        Silence(Duration idleness, Answers answers, RelativeClock clock) {
            this.idlenessMs = idleness.toMillis();
            this.answers = answers;
            this.clock = clock;
            this.counted = answers.count();
            this.lookedMs = clock.relativeTimeMillis();
            this.countedMs = lookedMs - ANSWERED_MS - 1;
        }

        void heard() {
            silentMs = 0;
        }

        /** Whether it has been silent for long enough; is called a few times a second. */
        boolean isIdle() {
            long now = clock.relativeTimeMillis();
            long count = answers.count();
            if (count != counted) {
                counted = count;
                countedMs = now;
            }
            if (now - countedMs <= ANSWERED_MS) {
                silentMs += Math.min(now - lookedMs, LONGEST_STEP_MS);
            }
            lookedMs = now;
            return silentMs >= idlenessMs;
        }
    }

    /** The latest time that a flow may claim. */
    static long latest(Duration maxClockSkew, long now) {
        return maxClockSkew.isNegative() ? Long.MAX_VALUE : now + maxClockSkew.toMillis();
    }

    private static final class Generator implements WatermarkGenerator<RawFlow> {
        private final long outOfOrdernessMs;
        private final Duration maxClockSkew;
        private final @Nullable Silence silence;
        private long latest = Long.MIN_VALUE;
        private long emitted = Long.MIN_VALUE;

        /** @param silence null when the partition never goes idle */
        Generator(long outOfOrdernessMs, Duration maxClockSkew, @Nullable Silence silence) {
            this.outOfOrdernessMs = outOfOrdernessMs;
            this.maxClockSkew = maxClockSkew;
            this.silence = silence;
        }

        @Override
        public void onEvent(RawFlow raw, long timestamp, WatermarkOutput output) {
            if (silence != null) {
                silence.heard();
            }
            long now = System.currentTimeMillis();
            boolean meant = timestamp > 0 && timestamp <= Flow.MAX_MS && timestamp <= latest(maxClockSkew, now);
            // An exporter whose clock is fast must not make the others late.
            long time = maxClockSkew.isNegative() ? timestamp : Math.min(timestamp, now);
            if (!meant && latest == Long.MIN_VALUE) {
                // A partition of such flows alone knows no time, and must not hold up the others.
                output.markIdle();
            }
            if (!meant || time <= latest) {
                return;
            }
            latest = time;
            long mark = Math.floorDiv(latest - outOfOrdernessMs, STEP_MS) * STEP_MS - 1;
            if (mark > emitted) {
                emitted = mark;
                output.emitWatermark(new Watermark(mark));
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            // The watermark itself moves with the flows.
            if (silence != null && silence.isIdle()) {
                output.markIdle();
            }
        }
    }
}
