package dev.weir.analytics.correlate;

import dev.weir.analytics.Finding;
import dev.weir.model.Baseline;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** Runs an operator that weighs findings by baselines. */
final class WeigherHarness {
    private WeigherHarness() {}

    static KeyedTwoInputStreamOperatorTestHarness<String, Finding, Baseline, Finding> of(
            KeyedCoProcessFunction<String, Finding, Baseline, Finding> operator,
            KeySelector<Finding, String> key,
            KeySelector<Baseline, String> keyOfBaseline)
            throws Exception {
        var harness = new KeyedTwoInputStreamOperatorTestHarness<>(
                new KeyedCoProcessOperator<>(operator), key, keyOfBaseline, Types.STRING);
        harness.open();
        return harness;
    }
}
