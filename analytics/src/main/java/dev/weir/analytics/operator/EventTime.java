package dev.weir.analytics.operator;

import dev.weir.model.Activity;
import dev.weir.model.Flow;
import dev.weir.model.codec.FlowCodec;
import java.time.Duration;
import java.time.InstantSource;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.util.clock.RelativeClock;
import org.jspecify.annotations.Nullable;

/**
 * Assigns event time to flows, which is the time they ended, and makes watermarks. The watermark moves with each flow
 * rather than with the clock, so that the lateness of a flow does not depend on how fast a file is read; a flow from
 * the future does not move it at all.
 */
public final class EventTime {
    /** The step of the watermark; finer steps cost more and gain nothing. */
    private static final long STEP_MS = 1_000;

    /**
     * The most that partitions may be apart. A backlog is read as fast as each partition allows, and one with few flows
     * would be days ahead of the others: alerts that are emitted before their slice is over would differ, and all that
     * is ahead would wait in memory. This much is read in each {@link #ALIGN_EVERY}, a day in less than a minute.
     */
    private static final Duration MAX_DRIFT = Duration.ofMinutes(10);

    private static final Duration ALIGN_EVERY = Duration.ofMillis(200);
    private static final String FLOWS = "flows";

    private EventTime() {}

    /**
     * The strategy for recorded flows, which are sorted by start as often as by end. The watermark follows the newest
     * start, so that one flow that lasts for hours makes none that follow it late.
     *
     * @param outOfOrderness the most that a flow may come later than its successors
     */
    public static WatermarkStrategy<RawFlow> recorded(Duration outOfOrderness) {
        return WatermarkStrategy.<RawFlow>forGenerator(
                        context -> new Generator(outOfOrderness.toMillis(), Duration.ofSeconds(-1), null, null))
                .withTimestampAssigner((raw, recorded) -> FlowCodec.peekStart(raw.value()));
    }

    /**
     * The strategy for live flows, from partitions that are read about equally far.
     *
     * @param outOfOrderness the most that a flow may come later than its successors
     * @param idleness silence after which a partition holds up no other; zero for never
     * @param maxClockSkew the most that a flow may be ahead of the clock; negative for no bound
     * @param answers of the system that holds the partitions
     * @param clock serializable, since Flink sends the strategy to its tasks
     */
    public static WatermarkStrategy<RawFlow> strategy(
            Duration outOfOrderness,
            Duration idleness,
            Duration maxClockSkew,
            AnswerCounter answers,
            InstantSource clock) {
        return WatermarkStrategy.<RawFlow>forGenerator(context -> new Generator(
                        outOfOrderness.toMillis(),
                        maxClockSkew,
                        maxClockSkew.isNegative() ? null : clock,
                        idleness.isZero() ? null : new Silence(idleness, answers, context.getInputActivityClock())))
                .withTimestampAssigner((raw, kafka) -> FlowCodec.peekTime(raw.value()))
                .withWatermarkAlignment(FLOWS, MAX_DRIFT, ALIGN_EVERY);
    }

    /** The strategy for a source that says nothing about time, and holds up no other. */
    public static <T> WatermarkStrategy<T> withoutTime() {
        return WatermarkStrategy.forGenerator(context -> new Idle<>());
    }

    /**
     * The last millisecond of the slice in which a record is processed.
     *
     * @param recordMs the record's time; null if it has none
     * @param seenMs the time its subject was last seen
     */
    static long sliceEnd(@Nullable Long recordMs, long seenMs) {
        long from = recordMs == null ? seenMs : Math.max(recordMs, seenMs);
        return Activity.sliceOf(from) + Activity.SLICE_MS - 1;
    }

    /**
     * Sets a timer that fires when the watermark passes a time, or within two seconds if it has passed already: Flink
     * fires no event-time timer before the watermark moves again, which needs later flows.
     */
    static void setTimer(TimerService timers, long dueMs) {
        timers.registerEventTimeTimer(dueMs);
        if (dueMs <= timers.currentWatermark()) {
            long second = Math.floorDiv(timers.currentProcessingTime(), STEP_MS) + 2;
            timers.registerProcessingTimeTimer(second * STEP_MS);
        }
    }

    /** The event time that a timer of {@link #setTimer} stands for. */
    static long firedAt(TimeDomain domain, long timestamp, TimerService timers) {
        return domain == TimeDomain.EVENT_TIME ? timestamp : timers.currentWatermark();
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
     * Measures the silence of a partition. Time counts only while answers come: when Kafka is away all partitions are
     * silent, and the first that is read again must not make the flows of the others late. A process whose tasks have
     * no partition gets no answers at all; its time counts, or the event time of the whole job would stand still.
     */
    static final class Silence {
        /** The longest time between two answers, with or without records; Kafka's default is twice a second. */
        private static final long ANSWERED_MS = 2_000;
        /** The most time that counts between two calls; more means that the task was held up. */
        private static final long LONGEST_STEP_MS = 1_000;

        private final long idlenessMs;
        private final AnswerCounter answers;
        private final RelativeClock clock;
        private long counted;
        private long countedMs;
        private long lookedMs;
        private long silentMs;

        /**
         * Begins to measure.
         *
         * @param clock stands still while the task reads nothing
         */
        Silence(Duration idleness, AnswerCounter answers, RelativeClock clock) {
            this.idlenessMs = idleness.toMillis();
            this.answers = answers;
            this.clock = clock;
            this.counted = answers.count();
            this.lookedMs = clock.relativeTimeMillis();
            this.countedMs = lookedMs - ANSWERED_MS - 1;
        }

        void restart() {
            silentMs = 0;
        }

        long nowMs() {
            return clock.relativeTimeMillis();
        }

        /** True if the silence has lasted for {@code idleness}; called a few times a second. */
        boolean isIdle() {
            long now = clock.relativeTimeMillis();
            long count = answers.count();
            if (count != counted) {
                counted = count;
                countedMs = now;
            }
            if (now - countedMs <= ANSWERED_MS || count == AnswerCounter.NOT_READING) {
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

    /**
     * Makes the watermarks of one partition. After an idle time the watermark waits for a moment before it moves, and
     * once more at the first flow: several partitions wake up together, when a batch of flows comes or Kafka is back,
     * and the one that is read first must not make the flows of the others late.
     */
    private static final class Generator implements WatermarkGenerator<RawFlow> {
        /** The most that partitions which wake up together may be apart. */
        private static final long WAKING_MS = 1_500;

        private static final long UNKNOWN = Long.MIN_VALUE;

        private final long outOfOrdernessMs;
        private final Duration maxClockSkew;
        private final @Nullable InstantSource clock;
        private final @Nullable Silence silence;
        private long latest = UNKNOWN;
        private long emitted = UNKNOWN;
        private boolean isIdle;
        private boolean isWaking;
        private long waitsUntilMs;
        /** The watermark of the flow that woke the partition; unknown once it is out. */
        private long first = UNKNOWN;

        /**
         * Begins without a watermark.
         *
         * @param clock null if flows may claim any time
         * @param silence null if the partition never goes idle
         */
        Generator(
                long outOfOrdernessMs,
                Duration maxClockSkew,
                @Nullable InstantSource clock,
                @Nullable Silence silence) {
            this.outOfOrdernessMs = outOfOrdernessMs;
            this.maxClockSkew = maxClockSkew;
            this.clock = clock;
            this.silence = silence;
        }

        @Override
        public void onEvent(RawFlow raw, long timestamp, WatermarkOutput output) {
            long now = clock == null ? Long.MAX_VALUE : clock.millis();
            boolean meant = timestamp > 0 && timestamp <= Flow.MAX_MS && timestamp <= latest(maxClockSkew, now);
            // An exporter whose clock is fast must not make the others late.
            long time = Math.min(timestamp, now);
            if (!meant && latest == UNKNOWN) {
                // A partition with such flows only has no time, and must not hold up the others.
                output.markIdle();
            }
            wake(meant ? mark(time) : UNKNOWN, output);
            if (!meant || time <= latest) {
                return;
            }
            latest = time;
            if (!isWaking) {
                emit(mark(latest), output);
            }
        }

        private void wake(long mark, WatermarkOutput output) {
            if (silence == null) {
                return;
            }
            silence.restart();
            if (isIdle && mark != UNKNOWN) {
                isIdle = false;
                isWaking = true;
                first = mark;
                waitsUntilMs = silence.nowMs() + WAKING_MS;
                output.markActive();
            }
        }

        private long mark(long ms) {
            return Math.floorDiv(ms - outOfOrdernessMs, STEP_MS) * STEP_MS - 1;
        }

        private void emit(long mark, WatermarkOutput output) {
            if (mark > emitted) {
                emitted = mark;
                output.emitWatermark(new Watermark(mark));
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            if (silence == null) {
                return;
            }
            if (isWaking && silence.nowMs() >= waitsUntilMs) {
                wakeUp(silence.nowMs(), output);
            }
            if (silence.isIdle()) {
                isIdle = true;
                output.markIdle();
            }
        }

        private void wakeUp(long nowMs, WatermarkOutput output) {
            isWaking = first != UNKNOWN;
            emit(isWaking ? first : mark(latest), output);
            first = UNKNOWN;
            waitsUntilMs = nowMs + WAKING_MS;
        }
    }
}
