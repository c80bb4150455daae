package dev.weir.policy.random;

import org.junit.jupiter.api.Test;

/** Changes of Calico's policies have their promised effect in random worlds, and no other. */
class RandomCalicoPatchTest {
    private static final int WORLDS = 80;

    @Test
    void changesHaveNoOtherEffect() {
        new PatchComparison(RandomCalico::new).run(0, WORLDS);
    }
}
