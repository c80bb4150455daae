package dev.weir.alerting.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.model.Baseline;
import dev.weir.model.BaselineState;
import dev.weir.model.Entity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BaselineStoreTest {
    private static Baseline baseline(String workload, long updatedMs) {
        Entity entity = Entity.workload("shop", workload, "Deployment");
        return new Baseline(
                null, entity, "new-edge", BaselineState.WATCHING, false, 0, updatedMs, 3, 0.1, 1, List.of());
    }

    @ParameterizedTest
    @EnumSource
    void baselinesAreTooManyThenOldestAreDeleted(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            BaselineStore store = new BaselineStore(database, 10);
            List<Baseline> some = new ArrayList<>();
            for (int i = 1; i <= 10; i++) {
                some.add(baseline("w" + i, i));
            }
            store.put(some, Progress.NONE);
            assertThat(store.delete(0)).isZero();
            store.put(List.of(baseline("new", 11), baseline("w1", 12)), Progress.NONE);
            assertThat(store.delete(0)).isEqualTo(1);
            List<Baseline> left =
                    store.list(new BaselineStore.Query(null, null, null, null, null, null, 100), NamespaceScope.ALL);
            assertThat(left).hasSize(10);
            assertThat(left)
                    .extracting(each -> each.workload().workload())
                    .contains("new", "w1", "w3")
                    .doesNotContain("w2");
            assertThat(store.history(baseline("w2", 2).key(), 0, 10)).isEmpty();
        }
    }
}
