package dev.weir.policy.random;

import org.junit.jupiter.api.Test;

/** Changes of Cilium's policies have their promised effect in random worlds, and no other. */
class RandomCiliumPatchTest {
    private static final int WORLDS = 80;

    @Test
    void changesHaveNoOtherEffect() {
        new PatchComparison(RandomCilium::new).run(0, WORLDS);
    }
}
