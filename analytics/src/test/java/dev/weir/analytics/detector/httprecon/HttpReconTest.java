package dev.weir.analytics.detector.httprecon;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Distinct;
import dev.weir.analytics.Finding;
import dev.weir.analytics.Samples;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.model.Activity;
import dev.weir.model.Flow;
import dev.weir.model.HttpRequests;
import dev.weir.model.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HttpReconTest {
    private static final DetectorsConfig CONFIG = DetectorsConfig.defaults();

    private static ActivityBuilder to(long slice, String ip, int port) {
        return new ActivityBuilder(slice, workload("web"), address(ip), port);
    }

    @Test
    void manyMissingPathsAreRecon() {
        DetectorHarness<?> recon = new DetectorHarness<>(new HttpRecon(CONFIG.of(HttpRecon.TYPE)));
        assertThat(recon.run(
                        0,
                        to(0, "10.0.0.9", 80).answered(1).http(requests(40, 40)).build()))
                .isEmpty();
        assertThat(recon.run(
                        10_000,
                        to(10_000, "10.0.0.9", 80)
                                .answered(1)
                                .http(requests(80, 70))
                                .build()))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.category()).isEqualTo("discovery");
                    assertThat(finding.evidence().observed()).containsEntry("requests_failed", 110.0);
                });
        DetectorHarness<?> crawler = new DetectorHarness<>(new HttpRecon(CONFIG.of(HttpRecon.TYPE)));
        assertThat(crawler.run(
                        0,
                        to(0, "10.0.0.9", 80)
                                .answered(1)
                                .http(requests(500, 20))
                                .build()))
                .as("pages that are there")
                .isEmpty();
        DetectorHarness<?> build = new DetectorHarness<>(new HttpRecon(CONFIG.of(HttpRecon.TYPE)));
        assertThat(build.run(
                        0,
                        to(0, "10.0.0.9", 80)
                                .answered(1)
                                .http(requests(500, 300))
                                .build()))
                .as("what a build finds in another repository")
                .isEmpty();
    }

    @Test
    void missingPathsOverMinutesAreRecon() {
        assertThat(slowly(1)).isNotEmpty().first().satisfies(finding -> assertThat(finding.summary())
                .contains("within 600 s"));
        assertThat(slowly(2)).as("half of the pages are there").isEmpty();
    }

    /** The findings about a source that asks for a missing path and some others each ten seconds. */
    private static List<Finding> slowly(int requests) {
        DetectorHarness<?> recon = new DetectorHarness<>(new HttpRecon(CONFIG.of(HttpRecon.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 59; i++) {
            long slice = i * 10_000L;
            found.addAll(recon.run(
                    slice,
                    to(slice, "10.0.0.9", 80)
                            .answered(1)
                            .http(new HttpRequests(requests, 1, 0, sketch(requests, i + "/")))
                            .build()));
        }
        return found;
    }

    @Test
    void fewMissingPathsAreReconOfASourceOutside() {
        assertThat(fruitless("203.0.113.9", 0)).isNotEmpty().first().satisfies(finding -> assertThat(finding.summary())
                .contains("25 paths make a finding"));
        assertThat(fruitless("203.0.113.9", 1)).as("a crawler that finds pages").isEmpty();
        assertThat(fruitless("10.0.0.9", 0)).as("a client inside").isEmpty();
    }

    /** The findings about a source that asks for 40 paths within six minutes, of each ten of which some are there. */
    private static List<Finding> fruitless(String source, int there) {
        DetectorHarness<?> recon = new DetectorHarness<>(new HttpRecon(CONFIG.of(HttpRecon.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            long slice = i * 10_000L;
            int failed = i % 10 < there ? 0 : 1;
            found.addAll(recon.run(
                    slice,
                    new ActivityBuilder(slice, address(source), address("10.0.0.5"), 80)
                            .answered(1)
                            .http(new HttpRequests(1, failed, 0, sketch(1, i + "/")))
                            .build()));
        }
        return found;
    }

    @Test
    void missingPathsOverAnHourAreReconFromOutside() {
        assertThat(overTime("203.0.113.9", 60, 30, 0)).isNotEmpty().first().satisfies(finding -> {
            assertThat(finding.summary()).contains("within 3600 s").contains("50 paths make a finding");
            assertThat(finding.firstSeenMs()).isZero();
        });
        assertThat(overTime("203.0.113.9", 48, 30, 0)).as("too few paths").isEmpty();
        assertThat(overTime("203.0.113.9", 120, 90, 0))
                .as("forty paths an hour")
                .isEmpty();
        assertThat(overTime("203.0.113.9", 120, 30, 10))
                .as("a crawler that finds some pages")
                .isEmpty();
        assertThat(overTime("10.0.0.9", 60, 30, 0)).as("a client inside").isEmpty();
    }

    @Test
    void probesOfTheSameMissingPathAreNoRecon() {
        DetectorHarness<?> recon = new DetectorHarness<>(new HttpRecon(CONFIG.of(HttpRecon.TYPE)));
        for (int i = 0; i < 240; i++) {
            long slice = i * 30_000L;
            assertThat(recon.run(
                            slice,
                            new ActivityBuilder(slice, address("203.0.113.9"), address("10.0.0.5"), 80)
                                    .answered(1)
                                    .http(new HttpRequests(1, 1, 0, sketch(1 + i % 3, "/health")))
                                    .build()))
                    .isEmpty();
        }
    }

    /** The findings about a source that asks for paths at an interval, of which one in {@code each} is there. */
    private static List<Finding> overTime(String source, int paths, int seconds, int each) {
        DetectorHarness<?> recon = new DetectorHarness<>(new HttpRecon(CONFIG.of(HttpRecon.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < paths; i++) {
            long slice = Activity.sliceOf(i * seconds * 1_000L);
            int failed = each > 0 && i % each == 0 ? 0 : 1;
            found.addAll(recon.run(
                    slice,
                    new ActivityBuilder(slice, address(source), address("10.0.0.5"), 80)
                            .answered(1)
                            .http(new HttpRequests(1, failed, 0, sketch(1, i + "/")))
                            .build()));
        }
        return found;
    }

    private static HttpRequests requests(int paths, int failed) {
        return new HttpRequests(paths, failed, 0, sketch(paths, "/"));
    }

    private static byte[] sketch(int many, String prefix) {
        Distinct distinct = new Distinct();
        IntStream.range(0, many).forEach(i -> distinct.add(prefix + i));
        return distinct.bytes();
    }

    @Test
    void unusualBurstOfAKnownSourceIsRecon() {
        assertThat(burst(0, 5)).as("right at the start nothing is known").isEmpty();
        assertThat(burst(HOUR, 5)).hasSize(1).first().satisfies(finding -> {
            assertThat(finding.evidence().caveats()).containsExactly("the exporter does not see requests");
            assertThat(finding.severity()).isEqualTo(Severity.MEDIUM);
        });
        assertThat(burst(HOUR, 100)).as("usual").isEmpty();
    }

    @Test
    void answersOfOneSizeAreReconOfAnySource() {
        HttpRecon detector = new HttpRecon(CONFIG.of(HttpRecon.TYPE));
        assertThat(new DetectorHarness<>(detector).run(0, alike(0, 150, 400, 402)))
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.evidence().expected()).containsEntry("connections_short_below", 120.0));
        assertThat(new DetectorHarness<>(detector).run(0, alike(0, 150, 300, 900)))
                .as("pages of different sizes")
                .isEmpty();
        assertThat(new DetectorHarness<>(detector).run(0, alike(0, 100, 400, 402)))
                .as("a source that is not known needs twice as many")
                .isEmpty();
        DetectorHarness<?> known = new DetectorHarness<>(detector);
        assertThat(known.run(0, alike(0, 1, 400, 402))).isEmpty();
        assertThat(known.run(HOUR, alike(HOUR, 70, 400, 402))).hasSize(1);
    }

    private static Activity alike(long slice, long connections, long one, long other) {
        return to(slice, "10.0.0.9", 8080)
                .answered(connections)
                .bytes(connections * 200, connections * (one + other) / 2)
                .flows(answered(one), answered(other))
                .build();
    }

    private static Flow answered(long bytes) {
        Flow flow = Samples.flow(1, Samples.WEB, "10.0.0.9", 8080);
        return flow.toBuilder()
                .destination(flow.destination().withCounters(bytes, 5L, Samples.DONE))
                .build();
    }

    private static List<Finding> burst(long after, long before) {
        DetectorHarness<?> recon = new DetectorHarness<>(new HttpRecon(CONFIG.of(HttpRecon.TYPE)));
        for (long slice = 0; slice < after; slice += 10_000) {
            assertThat(recon.run(slice, web(slice, before))).isEmpty();
        }
        return recon.run(after, web(after, 400));
    }

    private static Activity web(long slice, long connections) {
        return to(slice, "10.0.0.9", 8080)
                .answered(connections)
                .bytes(connections * 200, connections * 400)
                .build();
    }
}
