package dev.weir.policy.random;

import org.junit.jupiter.api.Test;

/** Changes of Istio's policies have their promised effect in random worlds, and no other. */
class RandomMeshPatchTest {
    private static final int WORLDS = 80;

    @Test
    void changesHaveNoOtherEffect() {
        new PatchComparison(RandomMesh::new).run(0, WORLDS);
    }
}
