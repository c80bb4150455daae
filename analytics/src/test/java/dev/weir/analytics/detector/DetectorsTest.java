package dev.weir.analytics.detector;

import static dev.weir.analytics.Samples.activity;
import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.ActivityMerger;
import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.Distinct;
import dev.weir.analytics.Finding;
import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import dev.weir.model.HttpRequests;
import dev.weir.model.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DetectorsTest {
    /** Slices without an activity that concerns the detector are not shown; to show them must make no difference. */
    @Test
    void slicesThatAreNotShownWouldChangeNothing() {
        int found = 0;
        int spared = 0;
        for (Detector<?> detector : Detectors.all(AnalyticsConfig.defaults().detectors())) {
            Random random = new Random(7);
            DetectorHarness<?> shown = new DetectorHarness<>(detector, true);
            DetectorHarness<?> runner = new DetectorHarness<>(detector);
            for (long slice = 0; slice < 48 * HOUR; slice += 60_000 + random.nextInt(30) * Activity.SLICE_MS) {
                Activity activity = any(slice - slice % Activity.SLICE_MS, random);
                List<Finding> findings = runner.run(activity.sliceMs(), activity);
                assertThat(findings).as(detector.id()).isEqualTo(shown.run(activity.sliceMs(), activity));
                found += findings.size();
                spared += detector.concerns(activity) ? 0 : 1;
            }
        }
        assertThat(found).isGreaterThan(100);
        assertThat(spared).isGreaterThan(1_000);
    }

    private static Activity any(long slice, Random random) {
        int[] ports = {22, 23, 53, 80, 443, 3389, 5432, 8080, 10_250, 1 + random.nextInt(60_000)};
        ActivityBuilder activity = new ActivityBuilder(
                        slice,
                        workload("web"),
                        random.nextInt(3) == 0
                                ? address(random.nextInt(4) == 0 ? "169.254.169.254" : "203.0.113." + random.nextInt(5))
                                : workload("db" + random.nextInt(9)),
                        ports[random.nextInt(ports.length)])
                .bytes(random.nextInt(1 << random.nextInt(1, 28)), random.nextInt(100_000))
                .packets(random.nextInt(1, 5_000), random.nextInt(1, 5_000))
                .verdict(random.nextInt(4) == 0 ? Verdict.DROPPED : Verdict.FORWARDED)
                .protocol(random.nextInt(6) == 0 ? "UDP" : "TCP");
        switch (random.nextInt(3)) {
            case 0 -> activity.answered(random.nextInt(1, 2_000));
            case 1 -> activity.refused(random.nextInt(1, 200));
            default -> activity.unanswered(random.nextInt(1, 5_000));
        }
        if (random.nextInt(4) == 0) {
            long queries = random.nextInt(1, 300);
            Distinct names = new Distinct();
            IntStream.range(0, (int) queries).forEach(i -> names.add(i + "x" + random.nextLong() + ".example.org"));
            activity.dns(new DnsQueries(
                    "example" + random.nextInt(200) + ".org",
                    queries,
                    random.nextBoolean() ? queries : 0,
                    random.nextInt((int) queries),
                    40 * queries,
                    names.bytes()));
        }
        if (random.nextInt(4) == 0) {
            Distinct paths = new Distinct();
            IntStream.range(0, random.nextInt(1, 300)).forEach(i -> paths.add("/" + random.nextInt()));
            activity.http(new HttpRequests(300, random.nextInt(300), random.nextInt(300), paths.bytes()));
        }
        return activity.build();
    }

    @Test
    void ratesAreBounded() {
        Rates rates = Rates.nothing();
        for (int i = 0; i < 10_000; i++) {
            rates.add("10.0." + i / 250 + "." + i % 250, 0, 1 + i % 7);
        }
        assertThat(rates.edges()).hasSizeBetween(224, 256);
        assertThat(rates.at(48 * HOUR, 120_000).at(96 * HOUR, 120_000).edges())
                .as("all of it fades")
                .isEmpty();
    }

    @Test
    void stateStaysBounded() {
        AttemptState tried = AttemptState.nothing();
        for (int group = 0; group < 1_000; group++) {
            for (int member = 0; member < 2_000; member += 100) {
                tried.update("g" + group, "m" + member, group);
            }
        }
        assertThat(tried.groups()).hasSizeBetween(112, 128);
        assertThat(tried.since(2_000).groups()).isEmpty();
    }

    @Test
    void partsAddUpInAnyOrder() {
        List<Activity> parts = new ArrayList<>(IntStream.range(0, 6)
                .mapToObj(i -> activity(0, "web", "10.0.0.9", 80, i % 2 == 0))
                .toList());
        Activity sum = parts.stream().reduce(ActivityMerger::merged).orElseThrow();
        Collections.shuffle(parts, new Random(1));
        assertThat(parts.stream().reduce(ActivityMerger::merged).orElseThrow()).isEqualTo(sum);
        assertThat(sum.connections()).isEqualTo(6);
        assertThat(sum.established()).isEqualTo(3);
    }
}
