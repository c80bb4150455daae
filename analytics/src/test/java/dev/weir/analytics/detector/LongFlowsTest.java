package dev.weir.analytics.detector;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.DAY;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.bruteforce.BruteForce;
import dev.weir.analytics.detector.dnstunnel.DnsTunnel;
import dev.weir.analytics.detector.exfiltration.Exfiltration;
import dev.weir.analytics.detector.flood.Flood;
import dev.weir.analytics.detector.flood.Flooded;
import dev.weir.analytics.detector.httprecon.HttpRecon;
import dev.weir.analytics.detector.volumeanomaly.VolumeAnomaly;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Flows that lasted for more than a slice: their counts belong to all of that time, in every detector with a rate. */
class LongFlowsTest {
    private static final long SLICE = Activity.SLICE_MS;
    /** The number of slices in an hour. */
    private static final int HOURLY = 360;

    private static final DetectorsConfig CONFIG = DetectorsConfig.defaults();

    private static ActivityBuilder udp(long slice, String from, long packets) {
        return new ActivityBuilder(slice, address(from), address("10.0.0.9"), 8125)
                .protocol("UDP")
                .unanswered(1)
                .packets(packets, 0);
    }

    private static ActivityBuilder tcp(long slice, Entity from, int port, long connections) {
        return new ActivityBuilder(slice, from, address("203.0.113.9"), port).answered(connections);
    }

    // flood

    @ParameterizedTest
    @CsvSource({"22000, 6, 0", "22000, 1, 1", "600000, 6, 1", "40000000, 2048, 0", "45000000, 2048, 1"})
    void unansweredPacketsMakeAFloodByTheirRate(long packets, int slices, int floods) {
        Activity activity = udp(10 * DAY, "10.0.0.5", packets).lasting(slices).build();
        assertThat(new DetectorHarness<>(new Flood(CONFIG.of(Flood.TYPE))).run(10 * DAY, activity))
                .hasSize(floods);
    }

    /** An exporter that flushes reports the connections of ten minutes at once. */
    @ParameterizedTest
    @CsvSource({"1200, 60, 0", "1200, 1, 1"})
    void unansweredConnectionsBelongToAllOfTheirTime(int connections, int slices, int floods) {
        Activity activity = new ActivityBuilder(10 * DAY, address("10.0.0.5"), address("10.0.0.9"), 8125)
                .protocol("UDP")
                .unanswered(connections)
                .packets(connections, 0)
                .lasting(slices)
                .build();
        assertThat(new DetectorHarness<>(new Flood(CONFIG.of(Flood.TYPE))).run(10 * DAY, activity))
                .hasSize(floods);
    }

    @Test
    void sampledPacketCountsAsOneConnection() {
        Activity answered =
                tcp(10 * DAY, workload("web"), 443, 1).sampling(1_000).build();
        Activity open = udp(10 * DAY, "10.0.0.5", 1).sampling(1_000).build();
        assertThat(new DetectorHarness<>(new Flood(CONFIG.of(Flood.TYPE))).run(10 * DAY, answered))
                .isEmpty();
        assertThat(new DetectorHarness<>(new Flood(CONFIG.of(Flood.TYPE))).run(10 * DAY, open))
                .isEmpty();
        Activity packets = udp(10 * DAY, "10.0.0.5", 50).sampling(1_000).build();
        assertThat(new DetectorHarness<>(new Flood(CONFIG.of(Flood.TYPE))).run(10 * DAY, packets))
                .as("50,000 packets")
                .hasSize(1);
    }

    @Test
    void longFlowsThatEndOneByOneAreAFloodTogether() {
        DetectorHarness<Rates> flood = new DetectorHarness<>(new Flood(CONFIG.of(Flood.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            long slice = 10 * DAY + i * SLICE;
            found.addAll(
                    flood.run(slice, udp(slice, "10.0.0.5", 36_000).lasting(6).build()));
        }
        assertThat(found)
                .extracting(finding -> finding.evidence().observed().get("packets_in_10s"))
                .as("as far as the flows of the first ten seconds have ended")
                .containsExactly(24_000.0, 30_000.0, 36_000.0);
    }

    @Test
    void floodIsNotFoundAgainByFlowsThatTouchItsSlices() {
        DetectorHarness<Rates> flood = new DetectorHarness<>(new Flood(CONFIG.of(Flood.TYPE)));
        assertThat(flood.run(10 * DAY, udp(10 * DAY, "10.0.0.5", 50_000).build()))
                .hasSize(1);
        long later = 10 * DAY + 3 * SLICE;
        assertThat(flood.run(later, udp(later, "10.0.0.5", 1_000).lasting(6).build()))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1500, 120, 0", "1500, 1, 1", "9000, 6, 1"})
    void connectionsThatEndAtOnceAreNoFloodIfTheyLasted(long connections, int slices, int floods) {
        Activity activity = tcp(10 * DAY, workload("web"), 443, connections)
                .bytes(connections, connections)
                .lasting(slices)
                .build();
        assertThat(new DetectorHarness<>(new Flood(CONFIG.of(Flood.TYPE))).run(10 * DAY, activity))
                .hasSize(floods);
    }

    @ParameterizedTest
    @CsvSource({"6, 0", "1, 1"})
    void packetsOfManySourcesMakeAFloodByTheirRate(int slices, int floods) {
        DetectorHarness<?> flooded = new DetectorHarness<>(new Flooded(CONFIG.of(Flood.TYPE)));
        flooded.run(0, udp(0, "10.1.0.1", 500).build());
        long slice = 2 * HOUR;
        Activity[] all = IntStream.range(0, 20)
                .mapToObj(i -> udp(slice, "10.1.0." + i, 2_000).lasting(slices).build())
                .toArray(Activity[]::new);
        assertThat(flooded.run(slice, all)).hasSize(floods);
    }

    // exfiltration

    private static Activity out(long slice, long megabytes, int slices) {
        return tcp(slice, workload("web"), 443, 1)
                .bytes(megabytes * 1_000_000, 1_000)
                .lasting(slices)
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "12, 20, 0, 20 h at 0.6 MB an hour",
        "12, 1, 1, all within the hour",
        "500, 20, 1, 25 MB an hour",
        "60, 22, 1, in drips within a day",
        "60, 120, 0, 12 MB a day"
    })
    void dataLeavesByTheHourAndTheDay(long megabytes, int hours, int findings, String what) {
        DetectorHarness<?> leaving = new DetectorHarness<>(new Exfiltration(CONFIG.of(Exfiltration.TYPE)));
        assertThat(leaving.run(10 * DAY, out(10 * DAY, megabytes, hours * HOURLY)))
                .as(what)
                .hasSize(findings);
    }

    @Test
    void longFlowsOfTwoDaysAreNotADayTogether() {
        DetectorHarness<?> leaving = new DetectorHarness<>(new Exfiltration(CONFIG.of(Exfiltration.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            long slice = 10 * DAY + i * 20 * HOUR;
            found.addAll(leaving.run(slice, out(slice, 30, 20 * HOURLY)));
        }
        assertThat(found).isEmpty();
    }

    // volume-anomaly

    private static List<Finding> volumes(IntFunction<Activity> everyHalfHour) {
        DetectorHarness<?> volume = new DetectorHarness<>(VolumeAnomaly.ofEdges(CONFIG.of(VolumeAnomaly.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 4 * 48; i++) {
            Activity activity = everyHalfHour.apply(i);
            found.addAll(volume.run(activity.sliceMs(), activity));
        }
        return found;
    }

    @ParameterizedTest
    @CsvSource({"2880, 0", "1, 1"})
    void volumeIsTheShareOfFiveMinutes(int slices, int findings) {
        assertThat(volumes(i -> {
                    long slice = i * HOUR / 2;
                    return i == 150 ? out(slice, 90, slices) : out(slice, 3 + i % 2, 1);
                }))
                .hasSize(findings);
    }

    @Test
    void newRateOfLongFlowsIsFound() {
        assertThat(volumes(i -> out(i * HOUR / 2, i == 150 ? 200 : 12 + i % 3, 180)))
                .isNotEmpty();
        assertThat(volumes(i -> out(i * HOUR / 2, 12 + i % 3, 180))).isEmpty();
    }

    // attempts and bursts

    @ParameterizedTest
    @CsvSource({"720, 0", "2, 1"})
    void sessionsThatEndAtOnceAreNoBruteForce(int slices, int findings) {
        Activity activity = tcp(10 * DAY, workload("web"), 22, 40)
                .bytes(40_000, 40_000)
                .lasting(slices)
                .build();
        assertThat(new DetectorHarness<>(new BruteForce(CONFIG.of(BruteForce.TYPE))).run(10 * DAY, activity))
                .hasSize(findings);
    }

    @ParameterizedTest
    @CsvSource({"720, 0", "2, 1"})
    void connectionsThatEndAtOnceAreNoHttpRecon(int slices, int findings) {
        DetectorHarness<?> recon = new DetectorHarness<>(new HttpRecon(CONFIG.of(HttpRecon.TYPE)));
        recon.run(0, tcp(0, workload("web"), 80, 1).build());
        Activity activity = tcp(10 * DAY, workload("web"), 80, 2_000)
                .bytes(200_000, 200_000)
                .lasting(slices)
                .build();
        assertThat(recon.run(10 * DAY, activity)).hasSize(findings);
    }

    @ParameterizedTest
    @CsvSource({"8640, 0", "6, 1"})
    void longFlowOfAResolverIsNoTunnel(int slices, int findings) {
        Activity activity = new ActivityBuilder(10 * DAY, workload("web"), address("10.0.0.9"), 53)
                .protocol("UDP")
                .answered(1)
                .packets(20_000, 20_000)
                .bytes(20_000 * 200, 20_000 * 200)
                .lasting(slices)
                .build();
        assertThat(new DetectorHarness<>(new DnsTunnel(CONFIG.of(DnsTunnel.TYPE))).run(10 * DAY, activity))
                .hasSize(findings);
    }
}
