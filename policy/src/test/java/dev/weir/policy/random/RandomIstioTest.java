package dev.weir.policy.random;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The compiled policies of Istio against a plain evaluator, on random clusters, policies and connections. */
class RandomIstioTest {
    private static final int WORLDS = 10;
    private static final int MANY_WORLDS = 1_000;

    @Test
    void engineDecidesAsThePlainEvaluatorDoes() {
        new PlainMeshComparison().run(0, WORLDS);
    }

    @Test
    @Tag("long")
    void engineDecidesAsThePlainEvaluatorInManyWorlds() {
        new PlainMeshComparison().run(WORLDS, MANY_WORLDS);
    }
}
