package dev.weir.policy.random;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The compiled policies of Calico against a plain evaluator, on random clusters, policies and connections. */
class RandomCalicoTest {
    private static final int WORLDS = 10;
    private static final int MANY_WORLDS = 1_000;

    @Test
    void engineDecidesAsThePlainEvaluatorDoes() {
        new PlainComparison(RandomCalico::new, PlainCalico::new).run(0, WORLDS);
    }

    @Test
    @Tag("long")
    void engineDecidesAsThePlainEvaluatorInManyWorlds() {
        new PlainComparison(RandomCalico::new, PlainCalico::new).run(WORLDS, MANY_WORLDS);
    }
}
