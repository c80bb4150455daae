package dev.weir.ingest.collector.netflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.collector.netflow.FairLruMap.Bound;
import dev.weir.ingest.collector.netflow.FairLruMap.Evicted;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Checks which entry is evicted for another. */
class FairLruMapTest {
    private final FairLruMap<Integer, String> map = new FairLruMap<>(6, 4);

    @Test
    void addressBeyondItsBoundLosesItsLeastUsed() {
        map.put("b", 1, "other");
        for (int key = 1; key <= 4; key++) {
            assertThat(map.put("a", key, "mine")).isNull();
        }
        map.get("a", 1);
        assertThat(map.put("a", 5, "mine")).isEqualTo(new Evicted("a", Bound.ADDRESS));
        assertThat(map.get("a", 2)).isNull();
        assertThat(map.get("a", 1)).isEqualTo("mine");
        assertThat(map.get("b", 1)).isEqualTo("other");
    }

    @Test
    void addressWithMostLosesOneBeyondTheTotal() {
        map.put("c", 1, "few");
        map.put("b", 1, "few");
        map.put("b", 2, "few");
        for (int key = 1; key <= 3; key++) {
            map.put("a", key, "most");
        }
        assertThat(map.put("d", 1, "new")).isEqualTo(new Evicted("a", Bound.ALL));
        assertThat(map.get("a", 1)).isNull();
        assertThat(map.size()).isEqualTo(6);
    }

    @Test
    void amongEqualsTheLongestUnheardLosesOne() {
        for (String address : new String[] {"a", "b", "c", "d", "e", "f"}) {
            map.put(address, 1, address);
        }
        map.get("a", 1);
        assertThat(map.put("g", 1, "g")).isEqualTo(new Evicted("b", Bound.ALL));
        assertThat(map.get("b", 1)).isNull();
        assertThat(map.get("a", 1)).isEqualTo("a");
    }

    @Test
    void replacingAnEntryEvictsNone() {
        for (int key = 1; key <= 4; key++) {
            map.put("a", key, "old");
        }
        assertThat(map.put("a", 1, "new")).isNull();
        assertThat(map.get("a", 1)).isEqualTo("new");
        assertThat(map.size()).isEqualTo(4);
    }

    @Test
    void anyOrderKeepsBothBounds() {
        Random random = new Random(7);
        FairLruMap<Integer, Integer> some = new FairLruMap<>(50, 8);
        for (int i = 0; i < 100_000; i++) {
            String address = "a" + random.nextInt(1 + random.nextInt(30));
            some.get(address, random.nextInt(20));
            some.put(address, random.nextInt(20), i);
            assertThat(some.size()).isLessThanOrEqualTo(50);
        }
        Map<String, Integer> counts = new HashMap<>();
        for (int address = 0; address < 30; address++) {
            for (int key = 0; key < 20; key++) {
                if (some.get("a" + address, key) != null) {
                    counts.merge("a" + address, 1, Integer::sum);
                }
            }
        }
        assertThat(counts.values()).allMatch(count -> count <= 8);
        assertThat(counts.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(some.size());
    }
}
