package dev.weir.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Activity;
import dev.weir.model.Endpoint;
import dev.weir.model.Entity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SliceAggregatorTest {
    private static final Activity ONE = Samples.activity(0, "web", Samples.DB, 80, true);

    @Test
    void partsOfAnEdgeAddUp() {
        SliceAggregator sums = SliceAggregator.ofDestination();
        sums.add(from("192.0.2.1"));
        sums.add(from("192.0.2.2"));
        sums.add(from("192.0.2.1"));
        assertThat(sums.isFolded()).isFalse();
        assertThat(sums.activities()).extracting(Activity::connections).containsExactly(2L, 1L);
    }

    @Test
    void tooManyAddressesCountAsTheirBlocks() {
        List<Activity> parts = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            parts.add(from("192." + (i >> 8) + ".0." + (i & 255)));
        }
        List<Activity> sums = sum(parts, SliceAggregator.ofDestination());
        assertThat(sums).hasSize(40).allMatch(each -> each.connections() % 16 == 0);
        assertThat(sums.get(0).source().display()).isEqualTo("192.0.0.0/24");
        assertThat(sums.stream().mapToLong(Activity::connections).sum()).isEqualTo(10_000);
    }

    @Test
    void orderOfThePartsDoesNotMatter() {
        Random random = new Random(5);
        List<Activity> parts = new ArrayList<>();
        for (int i = 0; i < 12_000; i++) {
            String ip = random.nextInt(5) == 0
                    ? "2001:db8:" + Integer.toHexString(random.nextInt(4000)) + "::" + (1 + random.nextInt(9))
                    : random.nextInt(1, 224) + "." + random.nextInt(256) + "." + random.nextInt(3) + ".7";
            parts.add(from(ip));
        }
        List<Activity> sums = sum(parts, SliceAggregator.ofDestination());
        assertThat(sums).hasSizeBetween(100, SliceAggregator.MAX_EDGES);
        assertThat(sums.stream().mapToLong(Activity::connections).sum()).isEqualTo(12_000);
        for (int i = 0; i < 3; i++) {
            Collections.shuffle(parts, random);
            assertThat(sum(parts, SliceAggregator.ofDestination())).isEqualTo(sums);
        }
        List<Activity> inTwo = new ArrayList<>(sum(parts.subList(0, 6_000), SliceAggregator.ofDestination()));
        inTwo.addAll(sum(parts.subList(6_000, 12_000), SliceAggregator.ofDestination()));
        assertThat(sum(inTwo, SliceAggregator.ofDestination()).stream()
                        .mapToLong(Activity::connections)
                        .sum())
                .isEqualTo(12_000);
    }

    @Test
    void lowestPortsBetweenTwoEndsCount() {
        List<Integer> ports = new ArrayList<>();
        for (int port = 1; port <= 5_000; port++) {
            ports.add(port);
        }
        for (int i = 0; i < 3; i++) {
            Collections.shuffle(ports, new Random(i));
            SliceAggregator sums = SliceAggregator.ofSource();
            ports.forEach(port -> sums.add(Samples.activity(0, "web", Samples.DB, port, true)));
            assertThat(sums.activities())
                    .extracting(Activity::port)
                    .hasSize(SliceAggregator.MAX_PORTS)
                    .allMatch(port -> port <= SliceAggregator.MAX_PORTS);
            assertThat(sums.leftOut()).isEqualTo(5_000 - SliceAggregator.MAX_PORTS);
        }
    }

    @Test
    void forgedAddressesDoNotEvictWorkloads() {
        SliceAggregator sums = SliceAggregator.ofDestination();
        for (int i = 0; i < 3_800; i++) {
            Activity one = Samples.activity(0, "workload-" + i, Samples.DB, 80, true);
            sums.add(one);
        }
        for (int port = 1; port <= 2_000; port++) {
            for (int i = 1; i <= 5; i++) {
                Activity scan = Samples.activity(0, "web", Samples.DB, port, false);
                sums.add(scan.between(Entity.of(Endpoint.of(i + ".0.0." + port % 250, null)), scan.destination()));
            }
        }
        assertThat(sums.activities()).hasSizeLessThanOrEqualTo(SliceAggregator.MAX_EDGES);
        assertThat(sums.activities().stream().filter(each -> !each.source().isAddress()))
                .hasSize(3_800);
        assertThat(sums.leftOut()).isPositive();
    }

    @Test
    void blocksOfOneAddressAreDifferent() {
        byte[] address = {10, 0, 0, 0};
        assertThat(List.of(
                        Entity.block(address, 8).key(),
                        Entity.block(address, 16).key(),
                        Entity.block(address, 24).key(),
                        Entity.of(Endpoint.of("10.0.0.0", null)).key()))
                .doesNotHaveDuplicates();
    }

    @Test
    void blockIsNotTakenForASmallerOne() {
        Entity block = Entity.block(new byte[] {10, 1, 2, 3}, 16);
        assertThat(block.display()).isEqualTo("10.1.0.0/16");
        assertThat(block.blockBits()).isEqualTo(16);
        assertThat(Entity.of(Endpoint.of("10.1.0.0", null)).blockBits()).isEqualTo(Integer.MAX_VALUE);
        Entity forged = Entity.of(Endpoint.of("10.1.0.0", null).withNames(List.of("10.1.0.0/0")));
        assertThat(forged.blockBits()).isEqualTo(Integer.MAX_VALUE);
        assertThat(forged.key()).isEqualTo("address/10.1.0.0");
    }

    private static List<Activity> sum(List<Activity> parts, SliceAggregator sums) {
        parts.forEach(sums::add);
        return sums.activities();
    }

    private static Activity from(String ip) {
        return ONE.between(Entity.of(Endpoint.of(ip, null)), ONE.destination());
    }
}
