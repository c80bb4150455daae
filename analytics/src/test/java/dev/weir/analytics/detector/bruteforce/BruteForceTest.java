package dev.weir.analytics.detector.bruteforce;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Distinct;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.model.Activity;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.HttpRequests;
import dev.weir.model.Verdict;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BruteForceTest {
    @Test
    void loginsTooShortToSucceedAreGuessesUnlessUsual() {
        DetectorHarness<?> guess =
                new DetectorHarness<>(new BruteForce(new BruteForceConfig(null, null, null, null, null, null)));
        assertThat(guess.run(0, logins(0, 22, 20, 164))).isEmpty();
        List<Finding> found = guess.run(10_000, logins(10_000, 22, 20, 164));
        assertThat(found).singleElement().satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("credential-access");
            assertThat(finding.techniques()).containsExactly("T1110");
            assertThat(finding.evidence().observed()).containsEntry("attempts", 40.0);
            assertThat(finding.evidence().expected()).containsEntry("attempts_below", 30.0);
            assertThat(finding.firstSeenMs()).isZero();
            assertThat(finding.ports()).containsExactly(22);
        });
        assertThat(guess.run(200_000, logins(200_000, 22, 200, 50_000)))
                .as("sessions")
                .isEmpty();
        assertThat(guess.run(200_000, logins(200_000, 8080, 200, 100)))
                .as("a port without logins")
                .isEmpty();
        DetectorHarness<?> probes =
                new DetectorHarness<>(new BruteForce(new BruteForceConfig(null, null, null, null, null, null)));
        for (long slice = 0; slice < 4 * HOUR; slice += 10_000) {
            assertThat(probes.run(slice, logins(slice, 5432, 2, 100))).isEmpty();
        }
        assertThat(probes.run(4 * HOUR, logins(4 * HOUR, 5432, 60, 100)))
                .as("24 in two minutes are usual here, four times as many are not reached")
                .isEmpty();
        assertThat(probes.run(4 * HOUR + 10_000, logins(4 * HOUR + 10_000, 5432, 60, 100)))
                .hasSize(1);
    }

    @Test
    void fewerLoginsOfASourceOutsideAreGuesses() {
        assertThat(telnet("203.0.113.9", 20)).singleElement().satisfies(finding -> assertThat(finding.summary())
                .contains("15 make a finding"));
        assertThat(telnet("203.0.113.9", 10)).isEmpty();
        assertThat(telnet("10.0.0.9", 20)).as("a client inside").isEmpty();
    }

    private static List<Finding> telnet(String source, long connections) {
        DetectorHarness<?> guess =
                new DetectorHarness<>(new BruteForce(DetectorsConfig.defaults().of(BruteForce.TYPE)));
        return guess.run(
                0,
                new ActivityBuilder(0, address(source), workload("sensor"), 23)
                        .answered(connections)
                        .bytes(connections * 1_100, connections * 970)
                        .packets(connections * 20, connections * 15)
                        .build());
    }

    @Test
    void serviceThatIsDownOrProbedHasNoLogins() {
        DetectorHarness<?> guess =
                new DetectorHarness<>(new BruteForce(DetectorsConfig.defaults().of(BruteForce.TYPE)));
        ActivityBuilder to = new ActivityBuilder(0, workload("web"), workload("db"), 5432);
        assertThat(guess.run(0, to.refused(200).bytes(200 * 60, 200 * 40).build()))
                .as("refused")
                .isEmpty();
        Flow probe = Flow.builder()
                .startMs(1L)
                .endMs(1L)
                .source(Endpoint.builder()
                        .ip("10.0.0.5")
                        .bytes(212L)
                        .packets(4L)
                        .build())
                .destination(Endpoint.builder()
                        .ip("10.0.0.9")
                        .port(5432)
                        .bytes(164L)
                        .packets(3L)
                        .build())
                .protocol("TCP")
                .verdict(Verdict.FORWARDED)
                .build();
        assertThat(guess.run(
                        10_000,
                        new ActivityBuilder(10_000, workload("web"), workload("db"), 5432)
                                .answered(200)
                                .bytes(200 * 212, 200 * 164)
                                .flows(probe)
                                .build()))
                .as("opened and closed")
                .isEmpty();
    }

    @Test
    void requestsRefusedForCredentialsAtOnePathAreGuesses() {
        DetectorHarness<?> guess =
                new DetectorHarness<>(new BruteForce(DetectorsConfig.defaults().of(BruteForce.TYPE)));
        assertThat(guess.run(0, requests(0, 40, 40, 1))).singleElement().satisfies(finding -> assertThat(
                        finding.summary())
                .contains("made 40 requests to 10.0.0.9 port 8080", "each refused for its credentials"));
        assertThat(guess.run(HOUR, requests(HOUR, 40, 40, 40)))
                .as("a tool that looks for paths")
                .isEmpty();
        assertThat(guess.run(2 * HOUR, requests(2 * HOUR, 400, 3, 1))).isEmpty();
    }

    private static Activity requests(long slice, long requests, long unauthorized, int paths) {
        Distinct distinct = new Distinct();
        IntStream.range(0, paths).forEach(i -> distinct.add("/" + i));
        return new ActivityBuilder(slice, workload("web"), address("10.0.0.9"), 8080)
                .answered(requests)
                .http(new HttpRequests(requests, unauthorized, unauthorized, distinct.bytes()))
                .build();
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
}
