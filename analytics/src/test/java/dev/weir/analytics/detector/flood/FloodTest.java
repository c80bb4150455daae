package dev.weir.analytics.detector.flood;

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
import java.util.List;
import org.junit.jupiter.api.Test;

class FloodTest {
    private static final String OUTSIDE = "203.0.113.9";
    private static final DetectorsConfig CONFIG = DetectorsConfig.defaults();

    private static ActivityBuilder to(long slice, String ip, int port) {
        return new ActivityBuilder(slice, workload("web"), address(ip), port);
    }

    @Test
    void unansweredPacketsAreAFlood() {
        DetectorHarness<?> flood = new DetectorHarness<>(new Flood(CONFIG.of(Flood.TYPE)));
        assertThat(flood.run(
                        0,
                        to(0, OUTSIDE, 5376)
                                .protocol("UDP")
                                .answered(1)
                                .packets(50_000, 20_000)
                                .build()))
                .isEmpty();
        assertThat(flood.run(
                        10_000,
                        to(10_000, OUTSIDE, 5376)
                                .protocol("UDP")
                                .unanswered(1)
                                .packets(50_000, 0)
                                .build()))
                .singleElement()
                .satisfies(
                        finding -> assertThat(finding.evidence().observed()).containsEntry("packets_in_10s", 50_000.0));
    }

    @Test
    void manyConnectionsAreAFloodUnlessUsual() {
        DetectorHarness<?> flood = new DetectorHarness<>(new Flood(CONFIG.of(Flood.TYPE)));
        assertThat(flood.run(0, logins(0, 80, 999, 100))).isEmpty();
        assertThat(flood.run(10_000, logins(10_000, 80, 5_000, 100)))
                .as("it grows, which makes nothing usual")
                .hasSize(1);
        assertThat(flood.run(2 * HOUR, logins(2 * HOUR, 80, 900, 100))).isEmpty();
        assertThat(flood.run(3 * HOUR, logins(3 * HOUR, 80, 5_000, 100)))
                .as("five times as many as usual, not ten")
                .isEmpty();
        DetectorHarness<?> sudden = new DetectorHarness<>(new Flood(CONFIG.of(Flood.TYPE)));
        for (long slice = 0; slice < HOUR; slice += 10_000) {
            assertThat(sudden.run(slice, logins(slice, 80, 40, 100))).isEmpty();
        }
        for (long slice = HOUR; slice < HOUR + 60_000; slice += 10_000) {
            assertThat(sudden.run(slice, logins(slice, 80, 5_000, 0)))
                    .as("it goes on, and does not become usual by that")
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.category()).isEqualTo("impact");
                        assertThat(finding.evidence().expected()).containsEntry("connections_in_10s_below", 1_000.0);
                    });
        }
    }

    @Test
    void connectionsWithoutDataHaveTheirOwnUsualRate() {
        DetectorHarness<?> web =
                new DetectorHarness<>(new Flood(DetectorsConfig.defaults().of(Flood.TYPE)));
        for (long slice = 0; slice < HOUR; slice += 10_000) {
            assertThat(web.run(slice, logins(slice, 80, 900, 500))).isEmpty();
        }
        Flow flow = Samples.flow(HOUR, Samples.WEB, "10.0.0.9", 80);
        Flow opened = flow.toBuilder()
                .source(flow.source().withCounters(80L, 2L, null))
                .destination(flow.destination().withCounters(44L, 1L, null))
                .build();
        Activity bare = new ActivityBuilder(HOUR, workload("web"), address("10.0.0.9"), 80)
                .answered(3_000)
                .flows(opened)
                .build();
        assertThat(web.run(HOUR, bare)).singleElement().satisfies(finding -> assertThat(finding.summary())
                .contains("3000 connections without data within ten seconds; 1000 make a flood"));
    }

    private static Activity[] logins(long slice, int port, long connections, long bytesEach) {
        return new Activity[] {
            new ActivityBuilder(slice, workload("web"), address("10.0.0.9"), port)
                    .answered(connections)
                    .bytes(connections * 200, connections * bytesEach)
                    .packets(connections * 3, connections * 3)
                    .build()
        };
    }

    @Test
    void connectionsHeldOpenWithoutDataAreAFlood() {
        assertThat(held(400, 900, 6)).singleElement().satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("impact");
            assertThat(finding.evidence().observed()).containsEntry("connections_held_in_10s", 400.0);
        });
        assertThat(held(200, 900, 6)).as("few").isEmpty();
        assertThat(held(400, 90_000, 6)).as("answers").isEmpty();
        assertThat(held(400, 900, 6 * 60))
                .as("a pool that is closed after an hour")
                .isEmpty();
    }

    @Test
    void requestsOnFewConnectionsAreAFlood() {
        assertThat(requests(6_000)).singleElement().satisfies(finding -> {
            assertThat(finding.summary()).contains("6000 HTTP requests within ten seconds");
            assertThat(finding.evidence().observed()).containsEntry("requests_in_10s", 6_000.0);
        });
        assertThat(requests(4_000)).isEmpty();
    }

    @Test
    void answeredPingsAreAFlood() {
        assertThat(pings(4_000)).singleElement().satisfies(finding -> assertThat(finding.summary())
                .contains("4000 pings within ten seconds"));
        assertThat(pings(100)).as("ten in a second").isEmpty();
    }

    private static List<Finding> pings(long count) {
        DetectorHarness<?> flood = new DetectorHarness<>(new Flood(CONFIG.of(Flood.TYPE)));
        return flood.run(
                0,
                new ActivityBuilder(0, workload("web"), address("10.0.0.9"), null)
                        .protocol("ICMP")
                        .answered(1)
                        .packets(count, count)
                        .build());
    }

    private static List<Finding> requests(long count) {
        DetectorHarness<?> flood = new DetectorHarness<>(new Flood(CONFIG.of(Flood.TYPE)));
        return flood.run(
                0,
                to(0, OUTSIDE, 80)
                        .answered(100)
                        .http(new HttpRequests(count, 0, 0, Distinct.none()))
                        .build());
    }

    private static List<Finding> held(long connections, long bytesBack, int slices) {
        DetectorHarness<?> flood = new DetectorHarness<>(new Flood(CONFIG.of(Flood.TYPE)));
        long slice = 10 * HOUR;
        return flood.run(
                slice,
                new ActivityBuilder(slice, address("203.0.113.9"), workload("web"), 80)
                        .answered(connections)
                        .bytes(connections * 900, connections * bytesBack)
                        .lasting(slices)
                        .build());
    }
}
