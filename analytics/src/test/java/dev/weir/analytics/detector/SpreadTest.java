package dev.weir.analytics.detector;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.ActivityMerger;
import dev.weir.model.Activity;
import dev.weir.model.Span;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpreadTest {
    private static ActivityBuilder udp(long packets) {
        return new ActivityBuilder(0, workload("web"), address("10.0.0.9"), 8125)
                .answered(1)
                .packets(packets, 0);
    }

    @Test
    void sharesOfAllSlicesAddUpToTheCount() {
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            int slices = 2 + random.nextInt(50);
            long packets = random.nextInt(100_000);
            Spread spread = packets(udp(packets).lasting(slices).build());
            long sum = 0;
            for (int back = 0; back < slices; back++) {
                long share = spread.within(back + 1) - spread.within(back);
                assertThat(share).isBetween(packets / slices, packets / slices + 1);
                sum += share;
            }
            assertThat(sum).isEqualTo(packets).isEqualTo(spread.within(1_000_000));
        }
    }

    @Test
    void partsInAnyOrderGiveTheSameSpread() {
        Activity shorter = udp(700).lasting(7).build();
        Activity longer = udp(12_000).lasting(12).build();
        Activity brief = udp(5).build();
        Activity a = ActivityMerger.merged(ActivityMerger.merged(shorter, longer), brief);
        Activity b = ActivityMerger.merged(brief, ActivityMerger.merged(longer, shorter));
        assertThat(a.spans()).isEqualTo(b.spans()).extracting(Span::slices).containsExactly(7, 12);
        assertThat(packets(a).latest()).isEqualTo(100 + 1_000 + 5);
        assertThat(packets(a).within(12)).isEqualTo(12_705);
    }

    private static Spread packets(Activity activity) {
        return Spread.of(activity, activity.packetsSent(), Span::packetsSent);
    }
}
