package dev.weir.analytics.operator;

import dev.weir.analytics.Limit;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;

/**
 * Counts the records that a {@link Limit} leaves out: as a metric of the task, and as an accumulator, whose sum over
 * all tasks is in the result of a job that ends.
 */
final class LimitCounter implements Counter {
    private final LongCounter sum = new LongCounter();

    private LimitCounter() {}

    /** Registers the counter of an operator. */
    static LimitCounter open(RuntimeContext context, Limit limit) {
        LimitCounter counter = new LimitCounter();
        context.getMetricGroup().addGroup("weir").counter(limit.metric(), counter);
        context.addAccumulator(limit.metric(), counter.sum);
        return counter;
    }

    /** Sets the count, which never falls. */
    void raiseTo(long count) {
        sum.add(count - sum.getLocalValuePrimitive());
    }

    @Override
    public void inc() {
        sum.add(1);
    }

    @Override
    public void inc(long n) {
        sum.add(n);
    }

    @Override
    public void dec() {
        sum.add(-1);
    }

    @Override
    public void dec(long n) {
        sum.add(-n);
    }

    @Override
    public long getCount() {
        return sum.getLocalValuePrimitive();
    }
}
