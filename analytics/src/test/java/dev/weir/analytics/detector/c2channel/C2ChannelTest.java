package dev.weir.analytics.detector.c2channel;

import static dev.weir.analytics.Samples.address;
import static dev.weir.common.Millis.HOUR;
import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.model.Activity;
import dev.weir.model.Endpoint;
import dev.weir.model.Entity;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class C2ChannelTest {
    private static final String OUTSIDE = "203.0.113.9";
    private static final DetectorsConfig CONFIG = DetectorsConfig.defaults();
    private static final Entity POD = new Entity("shop", "web", "Deployment", null, "10.0.0.5", null, null, null);

    @Test
    void adminPortsAreRemoteServicesNotUsedOutside() {
        assertThat(C2Channel.TYPE.defaults().adminPorts())
                .containsExactlyInAnyOrder(23, 135, 139, 445, 3389, 5900, 5985, 5986);
    }

    @Test
    void equalPollsAtAnOddPortOfANewPeerAreAChannel() {
        assertThat(polls(8443, 45 * MINUTE, OUTSIDE)).isNotEmpty().first().satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("command-and-control");
            assertThat(finding.summary()).contains("port 8443").contains("same size both ways");
        });
        assertThat(polls(443, 45 * MINUTE, OUTSIDE)).as("no odd port").isEmpty();
        assertThat(polls(8443, 0, OUTSIDE)).as("there from the beginning").isEmpty();
        assertThat(polls(8443, 45 * MINUTE, "10.0.0.7")).as("inside").isEmpty();
    }

    @Test
    void portsThatOnlyAcceptAreNoChannel() {
        assertThat(polls(8443, 45 * MINUTE, OUTSIDE, 164, 60))
                .as("a scanner's tries")
                .isEmpty();
        assertThat(polls(8443, 45 * MINUTE, OUTSIDE, 30, 12))
                .as("an exporter that counts data alone")
                .isNotEmpty();
    }

    @Test
    void idleSessionOfSshToANewPeerIsAChannel() {
        assertThat(session(45 * MINUTE, 40 * MINUTE, 9_000))
                .isNotEmpty()
                .first()
                .satisfies(finding -> assertThat(finding.summary()).contains("a connection lasted 40 minutes"));
        assertThat(session(45 * MINUTE, 40 * MINUTE, 900_000_000))
                .as("a copy of files")
                .isEmpty();
        assertThat(session(45 * MINUTE, MINUTE, 9_000)).as("a command").isEmpty();
        assertThat(session(1, 40 * MINUTE, 9_000))
                .as("there from the beginning")
                .isEmpty();
    }

    @Test
    void idleSessionWithTheFirstPeerOutsideIsAChannel() {
        assertThat(firstSession(30 * HOUR, 9_000)).singleElement().satisfies(finding -> assertThat(finding.summary())
                .contains("it is the first peer outside of the source"));
        assertThat(firstSession(30 * HOUR, 900_000_000)).as("a copy of files").isEmpty();
        assertThat(firstSession(3 * HOUR, 9_000)).as("known for three hours").isEmpty();
    }

    @Test
    void lastingDatagramsToANewPeerAreAChannel() {
        assertThat(datagrams(known(), 45 * MINUTE, 25 * MINUTE, 60_000, 5_182))
                .singleElement()
                .satisfies(finding -> assertThat(finding.summary()).contains("a connection lasted 25 minutes"));
        assertThat(datagrams(known(), 45 * MINUTE, 9 * MINUTE, 60_000, 5_182))
                .as("shorter than ten minutes")
                .isEmpty();
        assertThat(datagrams(known(), 45 * MINUTE, 25 * MINUTE, 400_000, 5_182))
                .as("a call")
                .isEmpty();
        assertThat(datagrams(known(), 20 * MINUTE, 25 * MINUTE, 60_000, 5_182))
                .as("an agent that is there from the beginning")
                .isEmpty();
        assertThat(datagrams(known(), 45 * MINUTE, 25 * MINUTE, 60_000, 443))
                .as("a usual port, as of QUIC")
                .isEmpty();
        assertThat(datagrams(known(), 45 * MINUTE, 25 * MINUTE, 60_000, 50_000))
                .as("the port of a client")
                .isEmpty();
        assertThat(datagrams(known(), 45 * MINUTE, 25 * MINUTE, 60_000, 50_000, OUTSIDE, 50_000))
                .as("a port that is set at both ends")
                .hasSize(1);
    }

    @Test
    void channelOfAWorkloadThatOnlyAnsweredIsFound() {
        DetectorHarness<?> channel = new DetectorHarness<>(new C2Channel(CONFIG.of(C2Channel.TYPE)));
        channel.run(0);
        assertThat(session(channel, 45 * MINUTE, 40 * MINUTE, 9_000, 22)).isNotEmpty();
        DetectorHarness<?> unseen = new DetectorHarness<>(new C2Channel(CONFIG.of(C2Channel.TYPE)));
        assertThat(session(unseen, 45 * MINUTE, 40 * MINUTE, 9_000, 22)).isEmpty();
    }

    @Test
    void anotherPeerOfAnAgentIsNoChannel() {
        DetectorHarness<?> agent = known();
        for (int member = 1; member <= 5; member++) {
            long after = member == 1 ? 5 * MINUTE : member * HOUR;
            assertThat(datagrams(agent, after, 25 * MINUTE, 60_000, 4_100 + member, "203.0.113." + member, 41_641))
                    .isEmpty();
        }
    }

    private static List<Finding> datagrams(DetectorHarness<?> channel, long after, long lastsMs, long bytes, int port) {
        return datagrams(channel, after, lastsMs, bytes, port, OUTSIDE, 40_000);
    }

    private static List<Finding> datagrams(
            DetectorHarness<?> channel, long after, long lastsMs, long bytes, int port, String peer, int from) {
        Flow flow = Flow.of(
                after,
                after + lastsMs,
                Endpoint.of("10.0.0.5", from).withCounters(bytes, 300L, null),
                Endpoint.of(peer, port).withCounters(bytes, 300L, null),
                "UDP",
                Verdict.FORWARDED);
        long slice = Activity.sliceOf(after + lastsMs);
        return channel.run(
                slice,
                new ActivityBuilder(slice, POD, address(peer), port)
                        .answered(1).protocol("UDP").flows(flow).build().toBuilder()
                                .firstSeenMs(after)
                                .build());
    }

    private static List<Finding> firstSession(long after, long bytes) {
        DetectorHarness<?> channel = new DetectorHarness<>(new C2Channel(CONFIG.of(C2Channel.TYPE)));
        channel.run(
                0,
                new ActivityBuilder(0, POD, address("10.0.0.9"), 443)
                        .answered(1)
                        .build());
        return session(channel, after, 40 * MINUTE, bytes, 443);
    }

    /** The detector, to which the pod is known since the beginning by another peer. */
    private static DetectorHarness<?> known() {
        DetectorHarness<?> channel = new DetectorHarness<>(new C2Channel(CONFIG.of(C2Channel.TYPE)));
        channel.run(
                0,
                new ActivityBuilder(0, POD, address("203.0.113.200"), 443)
                        .answered(1)
                        .build());
        return channel;
    }

    private static List<Finding> session(long after, long lastsMs, long bytes) {
        return session(known(), after, lastsMs, bytes, 22);
    }

    private static List<Finding> session(DetectorHarness<?> channel, long after, long lastsMs, long bytes, int port) {
        Flow ssh = Flow.of(
                after,
                after + lastsMs,
                Endpoint.of("10.0.0.5", 40_000).withCounters(bytes, 60L, null),
                Endpoint.of(OUTSIDE, port).withCounters(bytes, 60L, null),
                "TCP",
                Verdict.FORWARDED);
        return channel.run(
                Activity.sliceOf(after + lastsMs),
                new ActivityBuilder(Activity.sliceOf(after + lastsMs), POD, address(OUTSIDE), port)
                        .answered(1).flows(ssh).build().toBuilder()
                                .firstSeenMs(after)
                                .build());
    }

    private static List<Finding> polls(int port, long after, String peer) {
        return polls(port, after, peer, 1_289, 2_075);
    }

    private static List<Finding> polls(int port, long after, String peer, long sent, long received) {
        DetectorHarness<?> channel = known();
        List<Finding> found = new ArrayList<>();
        for (long slice = after; slice < after + 10 * MINUTE; slice += 10_000) {
            Flow poll = Flow.of(
                    slice + 1,
                    slice + 9,
                    Endpoint.of("10.0.0.5", 40_000).withCounters(sent, 3L, null),
                    Endpoint.of(peer, port).withCounters(received, received == 60 ? 1L : 3L, null),
                    "TCP",
                    Verdict.FORWARDED);
            found.addAll(channel.run(
                    slice,
                    new ActivityBuilder(slice, POD, address(peer), port)
                            .answered(1)
                            .flows(poll)
                            .build()));
        }
        return found;
    }
}
