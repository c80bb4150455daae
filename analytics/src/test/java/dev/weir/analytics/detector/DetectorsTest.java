package dev.weir.analytics.detector;

import static dev.weir.analytics.Samples.activity;
import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.ActivityMerger;
import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.Distinct;
import dev.weir.analytics.Finding;
import dev.weir.analytics.Samples;
import dev.weir.analytics.detector.bruteforce.BruteForce;
import dev.weir.analytics.detector.bruteforce.BruteForceConfig;
import dev.weir.analytics.detector.flood.Flood;
import dev.weir.analytics.detector.flood.FloodConfig;
import dev.weir.analytics.detector.hostsweep.HostSweep;
import dev.weir.analytics.detector.hostsweep.HostSweepConfig;
import dev.weir.analytics.detector.portscan.PortScan;
import dev.weir.analytics.detector.portscan.PortScanConfig;
import dev.weir.analytics.detector.remoteservices.RemoteServices;
import dev.weir.analytics.detector.remoteservices.RemoteServicesConfig;
import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import dev.weir.model.HttpRequests;
import dev.weir.model.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DetectorsTest {
    private static final long HOUR = 3_600_000;

    @Test
    void manyFailedPortsAreAScanInAnyNumberOfSlices() {
        DetectorHarness<?> scan = new DetectorHarness<>(new PortScan(new PortScanConfig(15, Duration.ofMinutes(5))));
        assertThat(scan.run(0, ports(0, 1, 14, false))).isEmpty();
        List<Finding> found = scan.run(60_000, ports(60_000, 15, 20, false));
        assertThat(found).singleElement().satisfies(finding -> {
            assertThat(finding.ports()).hasSize(20);
            assertThat(finding.techniques()).containsExactly("T1046");
            assertThat(finding.firstSeenMs()).isLessThan(10_000);
            assertThat(finding.evidence().observed()).containsEntry("ports_failed", 20.0);
        });
    }

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
            activity.http(new HttpRequests(300, random.nextInt(300), paths.bytes()));
        }
        return activity.build();
    }

    @Test
    void oldAndAnsweredPortsAreNoScan() {
        DetectorHarness<?> scan = new DetectorHarness<>(new PortScan(new PortScanConfig(15, Duration.ofMinutes(5))));
        assertThat(scan.run(0, ports(0, 1, 14, false))).isEmpty();
        assertThat(scan.run(600_000, ports(600_000, 15, 20, false))).isEmpty();
        assertThat(scan.run(1_200_000, ports(1_200_000, 1, 500, true))).isEmpty();
    }

    @Test
    void loginsTooShortToSucceedAreGuessesUnlessUsual() {
        DetectorHarness<?> guess = new DetectorHarness<>(new BruteForce(new BruteForceConfig(null, null, null, null)));
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
        DetectorHarness<?> probes = new DetectorHarness<>(new BruteForce(new BruteForceConfig(null, null, null, null)));
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
    void manyConnectionsAreAFloodUnlessUsual() {
        DetectorHarness<?> flood = new DetectorHarness<>(new Flood(new FloodConfig(null, null, null, null, null)));
        assertThat(flood.run(0, logins(0, 80, 999, 100))).isEmpty();
        assertThat(flood.run(10_000, logins(10_000, 80, 5_000, 100)))
                .as("it grows, which makes nothing usual")
                .hasSize(1);
        assertThat(flood.run(2 * HOUR, logins(2 * HOUR, 80, 900, 100))).isEmpty();
        assertThat(flood.run(3 * HOUR, logins(3 * HOUR, 80, 5_000, 100)))
                .as("five times as many as usual, not ten")
                .isEmpty();
        DetectorHarness<?> sudden = new DetectorHarness<>(new Flood(new FloodConfig(null, null, null, null, null)));
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
    void threeRemoteServicesOfOneMachineAreFound() {
        DetectorHarness<?> remote =
                new DetectorHarness<>(new RemoteServices(new RemoteServicesConfig(null, null, null)));
        assertThat(remote.run(0, activity(0, "web", "10.0.0.9", 445, true))).isEmpty();
        assertThat(remote.run(10_000, activity(10_000, "web", "10.0.0.9", 139, true)))
                .as("SMB again")
                .isEmpty();
        assertThat(remote.run(20_000, activity(20_000, "web", "10.0.0.9", 135, true)))
                .isEmpty();
        assertThat(remote.run(30_000, activity(30_000, "web", "10.0.0.8", 22, true)))
                .as("another machine")
                .isEmpty();
        assertThat(remote.run(40_000, activity(40_000, "web", "10.0.0.9", 5985, false)))
                .as("without an answer")
                .isEmpty();
        assertThat(remote.run(50_000, activity(50_000, "web", "10.0.0.9", 5985, true)))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.category()).isEqualTo("lateral-movement");
                    assertThat(finding.summary()).contains("RPC, SMB, WinRM");
                    assertThat(finding.firstSeenMs()).as("the last use of SMB").isBetween(10_000L, 20_000L);
                });
        DetectorHarness<?> slow = new DetectorHarness<>(new RemoteServices(new RemoteServicesConfig(null, null, null)));
        assertThat(slow.run(0, activity(0, "web", "10.0.0.9", 445, true))).isEmpty();
        assertThat(slow.run(HOUR, activity(HOUR, "web", "10.0.0.9", 135, true))).isEmpty();
        assertThat(slow.run(2 * HOUR, activity(2 * HOUR, "web", "10.0.0.9", 22, true)))
                .isEmpty();
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
    void manyFailedHostsAreASweep() {
        DetectorHarness<?> sweep = new DetectorHarness<>(new HostSweep(new HostSweepConfig(20, Duration.ofMinutes(5))));
        assertThat(sweep.run(0, hosts(0, 19, false))).isEmpty();
        assertThat(sweep.run(10_000, hosts(10_000, 30, true))).isEmpty();
        assertThat(sweep.run(20_000, hosts(20_000, 25, false))).singleElement().satisfies(finding -> {
            assertThat(finding.evidence().observed()).containsEntry("hosts_failed", 25.0);
            assertThat(finding.destination().key()).isEqualTo("unnamed");
            assertThat(finding.ports()).containsExactly(22);
        });
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

    private static Activity[] ports(long slice, int from, int to, boolean answered) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(port -> activity(slice, "web", Samples.DB, port, answered))
                .toArray(Activity[]::new);
    }

    private static Activity[] hosts(long slice, int count, boolean answered) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(host -> activity(slice, "web", "10.1.0." + host, 22, answered))
                .toArray(Activity[]::new);
    }

    /** Detectors with their state. */
}
