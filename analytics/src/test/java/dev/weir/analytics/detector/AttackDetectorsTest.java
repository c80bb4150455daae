package dev.weir.analytics.detector;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Distinct;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.c2channel.C2Channel;
import dev.weir.analytics.detector.cleartext.Cleartext;
import dev.weir.analytics.detector.cleartext.CleartextConfig;
import dev.weir.analytics.detector.deniedburst.DeniedBurst;
import dev.weir.analytics.detector.dga.Dga;
import dev.weir.analytics.detector.dnstunnel.DnsTunnel;
import dev.weir.analytics.detector.exfiltration.Exfiltration;
import dev.weir.analytics.detector.flood.Flood;
import dev.weir.analytics.detector.flood.Flooded;
import dev.weir.analytics.detector.httprecon.HttpRecon;
import dev.weir.analytics.detector.metadataaccess.MetadataAccess;
import dev.weir.analytics.detector.slowscan.FirstContacts;
import dev.weir.analytics.detector.slowscan.SlowScan;
import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import dev.weir.model.Endpoint;
import dev.weir.model.Entity;
import dev.weir.model.Flow;
import dev.weir.model.HttpRequests;
import dev.weir.model.Severity;
import dev.weir.model.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AttackDetectorsTest {
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final String OUTSIDE = "203.0.113.9";
    private static final DetectorsConfig CONFIG = DetectorsConfig.defaults();

    private static ActivityBuilder to(long slice, String ip, int port) {
        return new ActivityBuilder(slice, workload("web"), address(ip), port);
    }

    // slow-scan

    @Test
    void fourFirstContactsInARowThatNobodyAnswersAreAScanHoursApart() {
        DetectorHarness<FirstContacts> scan = new DetectorHarness<>(new SlowScan(CONFIG.of(SlowScan.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            long slice = i * 3 * HOUR;
            assertThat(scan.run(
                            slice, to(slice, "10.1.0." + i, 80).unanswered(1).build()))
                    .isEmpty();
            long later = slice + 20 * MINUTE;
            found.addAll(scan.run(later, to(later, "10.0.0.9", 443).answered(1).build()));
            if (i == 0) {
                assertThat(scan.state().score()).as("it also found somebody").isZero();
            }
        }
        assertThat(found).isEmpty();
        for (int i = 4; i < 6; i++) {
            long slice = i * 3 * HOUR;
            scan.run(slice, to(slice, "10.1.0." + i, 80).refused(1).build());
            found.addAll(scan.run(
                    slice + 20 * MINUTE, to(slice, "10.0.0.9", 443).answered(1).build()));
        }
        assertThat(found).first().satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("discovery");
            assertThat(finding.firstSeenMs()).isEqualTo(3 * HOUR);
            assertThat(finding.summary()).contains("10.1.0.4").contains("256 times as likely");
        });
    }

    @Test
    void whatIsTriedUntilItIsThereIsNoScan() {
        DetectorHarness<FirstContacts> scan = new DetectorHarness<>(new SlowScan(CONFIG.of(SlowScan.TYPE)));
        for (int i = 0; i < 50; i++) {
            long slice = i * HOUR;
            assertThat(scan.run(
                            slice, to(slice, "10.1.0." + i, 80).unanswered(1).build()))
                    .isEmpty();
            long later = slice + 5 * MINUTE;
            assertThat(scan.run(later, to(later, "10.1.0." + i, 80).answered(1).build()))
                    .isEmpty();
            long muchLater = slice + 30 * MINUTE;
            assertThat(scan.run(
                            muchLater,
                            to(muchLater, "10.1.0." + i, 80).unanswered(1).build(),
                            to(muchLater, "10.2.0." + i, 123)
                                    .protocol("UDP")
                                    .unanswered(1)
                                    .build(),
                            to(muchLater, "239.1.0." + i, 9999)
                                    .protocol("UDP")
                                    .unanswered(1)
                                    .build()))
                    .as("known ones, time servers and groups")
                    .isEmpty();
        }
        assertThat(scan.state().score()).isZero();
    }

    @Test
    void whomAScannerTriedIsBounded() {
        DetectorHarness<FirstContacts> scan = new DetectorHarness<>(new SlowScan(CONFIG.of(SlowScan.TYPE)));
        for (int i = 0; i < 6_000; i++) {
            scan.run(
                    0,
                    to(0, "10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256, 80)
                            .unanswered(1)
                            .build());
        }
        assertThat(scan.state().met()).hasSizeLessThanOrEqualTo(2_000);
        assertThat(scan.state().open()).hasSizeLessThanOrEqualTo(500);
    }

    // http-recon

    @Test
    void manyPathsThatAreNotThereAreRecon() {
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
    }

    private static HttpRequests requests(int paths, int failed) {
        return new HttpRequests(paths, failed, sketch(paths, "/"));
    }

    private static byte[] sketch(int many, String prefix) {
        Distinct distinct = new Distinct();
        IntStream.range(0, many).forEach(i -> distinct.add(prefix + i));
        return distinct.bytes();
    }

    @Test
    void aBurstOfShortConnectionsIsReconWhereTheSourceIsKnownAndItIsNotUsual() {
        assertThat(burst(0, 5)).as("right at the start nothing is known").isEmpty();
        assertThat(burst(HOUR, 5)).hasSize(1).first().satisfies(finding -> {
            assertThat(finding.evidence().caveats()).containsExactly("the exporter does not see requests");
            assertThat(finding.severity()).isEqualTo(Severity.MEDIUM);
        });
        assertThat(burst(HOUR, 100)).as("usual").isEmpty();
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

    // dns-tunnel and dga

    @Test
    void manyLongNamesUnderOneDomainAreATunnel() {
        DetectorHarness<?> tunnel = new DetectorHarness<>(new DnsTunnel(CONFIG.of(DnsTunnel.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long slice = i * 10_000L;
            found.addAll(
                    tunnel.run(slice, dns(slice, new DnsQueries("evil.example", 6, 0, 0, 240, sketch(6, i + ".")))));
        }
        assertThat(found).first().satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("command-and-control");
            assertThat(finding.evidence().observed().get("names")).isBetween(50.0, 56.0);
            assertThat(finding.firstSeenMs()).isZero();
        });
    }

    @Test
    void shortNamesAreNoTunnelAndUsualOnesAreNoneEither() {
        DetectorHarness<?> tunnel = new DetectorHarness<>(new DnsTunnel(CONFIG.of(DnsTunnel.TYPE)));
        assertThat(tunnel.run(0, dns(0, new DnsQueries("cdn.example", 300, 0, 0, 2_000, sketch(300, "")))))
                .isEmpty();
        DetectorHarness<?> blockList = new DetectorHarness<>(new DnsTunnel(CONFIG.of(DnsTunnel.TYPE)));
        List<Finding> late = new ArrayList<>();
        for (long slice = 0; slice < 10 * HOUR; slice += 60_000) {
            List<Finding> found = blockList.run(
                    slice, dns(slice, new DnsQueries("list.example", 4, 0, 0, 100, sketch(4, slice + "."))));
            if (slice > HOUR) {
                late.addAll(found);
            }
        }
        assertThat(late).isEmpty();
    }

    @Test
    void largeQuestionsAreATunnelWhereNoNamesAreSeen() {
        DetectorHarness<?> tunnel = new DetectorHarness<>(new DnsTunnel(CONFIG.of(DnsTunnel.TYPE)));
        assertThat(tunnel.run(0, question(0, 500, 70))).isEmpty();
        assertThat(tunnel.run(10_000, question(10_000, 500, 180))).hasSize(1);
    }

    private static Activity question(long slice, long packets, long each) {
        return to(slice, "10.0.0.10", 53)
                .protocol("UDP")
                .answered(10)
                .packets(packets, packets)
                .bytes(packets * each, packets * each)
                .build();
    }

    @Test
    void domainsThatDoNotExistAreMadeUpUnlessTheyAreOneAndTheSame() {
        DetectorHarness<?> dga = new DetectorHarness<>(new Dga(CONFIG.of(Dga.TYPE)));
        assertThat(dga.run(0, dns(0, new DnsQueries("corp.example", 900, 900, 0, 0, sketch(900, "")))))
                .as("the search list")
                .isEmpty();
        DnsQueries[] made = IntStream.range(0, 25)
                .mapToObj(i -> new DnsQueries("x" + i + ".example", 1, 1, 0, 0, sketch(1, "x" + i)))
                .toArray(DnsQueries[]::new);
        assertThat(dga.run(10_000, dns(10_000, made))).singleElement().satisfies(finding -> {
            assertThat(finding.techniques()).containsExactly("T1568.002");
            assertThat(finding.evidence().observed()).containsEntry("domains_not_there", 26.0);
        });
    }

    private static Activity dns(long slice, DnsQueries... queries) {
        return to(slice, "10.0.0.10", 53)
                .protocol("UDP")
                .answered(1)
                .dns(queries)
                .build();
    }

    // exfiltration

    @Test
    void muchMoreSentThanReceivedIsExfiltration() {
        DetectorHarness<?> sent = new DetectorHarness<>(new Exfiltration(CONFIG.of(Exfiltration.TYPE)));
        assertThat(sent.run(
                        0,
                        to(0, OUTSIDE, 443).answered(1).bytes(9_000_000, 1_000).build()))
                .isEmpty();
        assertThat(sent.run(
                        10_000,
                        to(10_000, OUTSIDE, 443)
                                .answered(1)
                                .bytes(3_000_000, 1_000)
                                .build()))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.category()).isEqualTo("exfiltration");
                    assertThat(finding.evidence().observed()).containsEntry("bytes_sent", 12_000_000.0);
                });
        assertThat(sent.run(
                        20_000,
                        to(20_000, "203.0.113.8", 443)
                                .answered(1)
                                .bytes(50_000_000, 40_000_000)
                                .build()))
                .as("as much comes back")
                .isEmpty();
        assertThat(sent.run(
                        30_000,
                        to(30_000, "10.0.0.8", 443)
                                .answered(1)
                                .bytes(50_000_000, 10)
                                .build()))
                .as("inside")
                .isEmpty();
        assertThat(sent.run(
                        40_000,
                        to(40_000, "203.0.113.7", 80)
                                .unanswered(1)
                                .bytes(50_000_000, 0)
                                .build()))
                .as("nobody got it")
                .isEmpty();
    }

    @Test
    void dripsAddUpOverADay() {
        DetectorHarness<?> sent = new DetectorHarness<>(new Exfiltration(CONFIG.of(Exfiltration.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (long slice = 0; slice < DAY; slice += 10 * MINUTE) {
            found.addAll(sent.run(
                    slice,
                    to(slice, OUTSIDE, 443).answered(1).bytes(500_000, 1_000).build()));
        }
        assertThat(found).first().satisfies(finding -> assertThat(finding.summary())
                .contains("within a day"));
    }

    @Test
    void aBackupEveryNightIsUsual() {
        DetectorHarness<?> sent = new DetectorHarness<>(new Exfiltration(CONFIG.of(Exfiltration.TYPE)));
        for (int day = 0; day < 7; day++) {
            List<Finding> found = new ArrayList<>();
            for (long slice = day * DAY; slice < day * DAY + HOUR; slice += MINUTE) {
                found.addAll(sent.run(
                        slice,
                        to(slice, OUTSIDE, 443)
                                .answered(1)
                                .bytes(100_000, 1_000)
                                .build()));
            }
            assertThat(found).isEmpty();
        }
    }

    @Test
    void whoShipsDataShipsItToAnotherAddressAsWell() {
        DetectorHarness<?> sent = new DetectorHarness<>(new Exfiltration(CONFIG.of(Exfiltration.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (long slice = 0; slice < 6 * HOUR; slice += MINUTE) {
            String address = slice < 5 * HOUR ? OUTSIDE : "203.0.113.99";
            List<Finding> now = sent.run(
                    slice,
                    to(slice, address, 443).answered(1).bytes(150_000, 1_000).build());
            found.addAll(slice < 5 * HOUR ? List.of() : now);
        }
        assertThat(found).isEmpty();
        assertThat(sent.run(
                        6 * HOUR,
                        to(6 * HOUR, "203.0.113.98", 443)
                                .answered(1)
                                .bytes(90_000_000, 1_000)
                                .build()))
                .singleElement()
                .satisfies(finding -> assertThat(finding.evidence().expected().get("bytes_sent_usual_elsewhere"))
                        .isPositive());
    }

    @Test
    void bulkToAPeerInsideCountsOnceAWorkloadIsKnownAndWhenThePeerNeverHadAny() {
        DetectorHarness<?> sent = new DetectorHarness<>(new Exfiltration(CONFIG.of(Exfiltration.TYPE)));
        for (long slice = 0; slice < 2 * DAY; slice += HOUR) {
            assertThat(sent.run(
                            slice,
                            to(slice, "10.0.0.8", 9000)
                                    .answered(1)
                                    .bytes(200_000_000, 1_000)
                                    .build()))
                    .isEmpty();
        }
        assertThat(sent.run(
                        2 * DAY,
                        to(2 * DAY, "10.0.0.9", 9000)
                                .answered(1)
                                .bytes(150_000_000, 1_000)
                                .build()))
                .singleElement()
                .satisfies(finding -> assertThat(finding.confidence()).isBetween(0.5, 0.75));
    }

    // c2-channel

    @Test
    void pollsOfOneSizeAtAnOddPortOfANewPeerAreAChannel() {
        assertThat(polls(8443, 45 * MINUTE, OUTSIDE)).isNotEmpty().first().satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("command-and-control");
            assertThat(finding.summary()).contains("port 8443").contains("same size both ways");
        });
        assertThat(polls(443, 45 * MINUTE, OUTSIDE)).as("no odd port").isEmpty();
        assertThat(polls(8443, 0, OUTSIDE)).as("there from the beginning").isEmpty();
        assertThat(polls(8443, 45 * MINUTE, "10.0.0.7")).as("inside").isEmpty();
    }

    private static List<Finding> polls(int port, long after, String peer) {
        DetectorHarness<?> channel = new DetectorHarness<>(new C2Channel(CONFIG.of(C2Channel.TYPE)));
        Entity pod = new Entity("shop", "web", "Deployment", null, "10.0.0.5", null, null, null);
        channel.run(
                0,
                new ActivityBuilder(0, pod, address("203.0.113.200"), 443)
                        .answered(1)
                        .build());
        List<Finding> found = new ArrayList<>();
        for (long slice = after; slice < after + 10 * MINUTE; slice += 10_000) {
            Flow poll = Flow.of(
                    slice + 1,
                    slice + 9,
                    Endpoint.of("10.0.0.5", 40_000).withCounters(1_289L, 5L, null),
                    Endpoint.of(peer, port).withCounters(2_075L, 5L, null),
                    "TCP",
                    Verdict.FORWARDED);
            found.addAll(channel.run(
                    slice,
                    new ActivityBuilder(slice, pod, address(peer), port)
                            .answered(1)
                            .flows(poll)
                            .build()));
        }
        return found;
    }

    // flood

    @Test
    void packetsThatNobodyAnswersAreAFlood() {
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
    void openConnectionsOfManySourcesAreAFloodAtTheDestination() {
        DetectorHarness<?> flooded = new DetectorHarness<>(new Flooded(CONFIG.of(Flood.TYPE)));
        Activity[] many = IntStream.range(0, 50)
                .mapToObj(i -> new ActivityBuilder(0, address("203.0.113." + i), workload("db"), 5432)
                        .unanswered(30)
                        .build())
                .toArray(Activity[]::new);
        assertThat(flooded.run(0, many)).singleElement().satisfies(finding -> {
            assertThat(finding.source().key()).isEqualTo("unnamed");
            assertThat(finding.destination().workload()).isEqualTo("db");
            assertThat(finding.evidence().observed()).containsEntry("unanswered_in_10s", 1_500.0);
        });
        Activity one = new ActivityBuilder(10_000, address(OUTSIDE), workload("db"), 5432)
                .unanswered(15_000)
                .build();
        assertThat(flooded.run(10_000, one))
                .as("of one source, which is told elsewhere")
                .isEmpty();
    }

    @Test
    void whatManySourcesSendIsAFloodAtADestinationThatIsKnownAndUsuallyHasLess() {
        DetectorHarness<?> flooded = new DetectorHarness<>(new Flooded(CONFIG.of(Flood.TYPE)));
        assertThat(flooded.run(0, fromMany(0, 50, 400, false)))
                .as("nobody knows how busy it is")
                .isEmpty();
        for (long slice = 10 * MINUTE; slice < 3 * HOUR; slice += 10 * MINUTE) {
            assertThat(flooded.run(slice, fromMany(slice, 50, 40, false))).isEmpty();
        }
        assertThat(flooded.run(3 * HOUR, fromMany(3 * HOUR, 50, 400, false)))
                .as("within what is usual times ten")
                .isEmpty();
        assertThat(flooded.run(4 * HOUR, fromMany(4 * HOUR, 50, 8_000, false)))
                .singleElement()
                .satisfies(finding -> assertThat(finding.evidence().observed())
                        .containsEntry("connections_in_10s", 400_000.0)
                        .containsEntry("sources", 50.0));
        assertThat(flooded.run(5 * HOUR, fromMany(5 * HOUR, 50, 2_000, true)))
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.evidence().observed()).containsEntry("packets_in_10s", 100_000.0));
    }

    @Test
    void sourcesThatAreWeakEachAreManyTogetherAndSoIsABlock() {
        DetectorHarness<?> flooded = new DetectorHarness<>(new Flooded(CONFIG.of(Flood.TYPE)));
        flooded.run(0, fromMany(0, 1, 1, true));
        assertThat(flooded.run(2 * HOUR, fromMany(2 * HOUR, 250, 39, true)))
                .as("9,750 packets")
                .isEmpty();
        assertThat(flooded.run(3 * HOUR, fromMany(3 * HOUR, 250, 390, true))).hasSize(1);
        Activity block = new ActivityBuilder(
                        4 * HOUR, Entity.block(new byte[] {(byte) 203, 0, 113, 0}, 24), workload("db"), 5432)
                .unanswered(15_000)
                .build();
        assertThat(flooded.run(4 * HOUR, block)).hasSize(1);
    }

    private static Activity[] fromMany(long slice, int sources, int each, boolean datagrams) {
        return IntStream.range(0, sources)
                .mapToObj(i -> {
                    ActivityBuilder one = new ActivityBuilder(
                            slice, address("203.0.113." + i), workload("db"), datagrams ? 53 : 5432);
                    return datagrams
                            ? one.protocol("UDP").unanswered(1).packets(each, 0).build()
                            : one.answered(each).build();
                })
                .toArray(Activity[]::new);
    }

    // denied-burst, metadata-access, cleartext

    @Test
    void manyDroppedConnectionsAreABurstUnlessUsual() {
        DetectorHarness<?> burst = new DetectorHarness<>(new DeniedBurst(CONFIG.of(DeniedBurst.TYPE)));
        assertThat(burst.run(0, dropped(0, 90))).isEmpty();
        assertThat(burst.run(10_000, dropped(10_000, 90))).singleElement().satisfies(finding -> assertThat(
                        finding.evidence().observed())
                .containsEntry("connections_dropped", 180.0));
        DetectorHarness<?> usual = new DetectorHarness<>(new DeniedBurst(CONFIG.of(DeniedBurst.TYPE)));
        for (long slice = 0; slice < 2 * HOUR; slice += 10_000) {
            assertThat(usual.run(slice, dropped(slice, 15))).isEmpty();
        }
        assertThat(usual.run(2 * HOUR, dropped(2 * HOUR, 120))).isEmpty();
    }

    private static Activity dropped(long slice, long connections) {
        return to(slice, "10.0.0.9", 80)
                .verdict(Verdict.DROPPED)
                .unanswered(connections)
                .build();
    }

    @Test
    void whoNeverAskedForCredentialsAndThenDoesIsFound() {
        DetectorHarness<?> access = new DetectorHarness<>(new MetadataAccess(CONFIG.of(MetadataAccess.TYPE)));
        assertThat(access.run(0, to(0, "10.0.0.9", 10250).answered(1).build())).isEmpty();
        assertThat(access.run(
                        2 * DAY, to(2 * DAY, "10.0.0.8", 10250).answered(1).build()))
                .as("from the first day")
                .isEmpty();
        assertThat(access.run(
                        2 * DAY, to(2 * DAY, "169.254.169.254", 80).answered(1).build()))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.category()).isEqualTo("credential-access");
                    assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
                });
        assertThat(access.run(
                        4 * DAY, to(4 * DAY, "169.254.169.254", 80).answered(1).build()))
                .isEmpty();
    }

    @Test
    void passwordsInTheClearAreToldOnceADay() {
        DetectorHarness<?> clear = new DetectorHarness<>(new Cleartext(CONFIG.of(Cleartext.TYPE)));
        assertThat(clear.run(0, to(0, "10.0.0.9", 23).answered(1).build())).hasSize(1);
        assertThat(clear.run(HOUR, to(HOUR, "10.0.0.9", 23).answered(1).build()))
                .isEmpty();
        assertThat(clear.run(DAY, to(DAY, "10.0.0.9", 23).answered(1).build())).hasSize(1);
        assertThat(clear.run(
                        DAY, to(DAY, "10.0.0.9", 80).answered(1).cleartext(1).build()))
                .as("nobody demands encryption")
                .isEmpty();
        DetectorHarness<?> strict = new DetectorHarness<>(new Cleartext(new CleartextConfig(Map.of(), Set.of("shop"))));
        assertThat(strict.run(0, to(0, "10.0.0.9", 80).answered(1).cleartext(1).build()))
                .hasSize(1);
        assertThat(strict.run(0, to(0, "10.0.0.8", 80).answered(1).build()))
                .as("nobody says that it is not")
                .isEmpty();
    }
}
